/** The files of a first project, as `gemel init` writes them. */

const projectFile = `# yaml-language-server: $schema=schema/project.schema.json
# The project: which models there are, and which machines (twins) run them. Start it with: gemel up
gemel: 1

models: [models/*.yaml]

twins:
  motor-{1..3}: # three motors: motor-1, motor-2, motor-3
    model: motor # the newest version of models/motor.yaml
    period: 500 ms # how often each twin is computed and published

    # Values that differ from the model's own. A bare number is in the unit of the signal.
    inputs: { load: 60 % }
    start: { temperature: 22 degC }

# What you see without another line:
#   page, REST, metrics   http://localhost:8080
#   MQTT broker           mqtt://localhost:1883
#     gemel/motor-1/telemetry   send it what you measure:   {"load": 75, "winding_temperature": 48.2}
#     gemel/motor-1/state       it tells you what it computes
`;

const modelFile = `# yaml-language-server: $schema=../schema/model.schema.json
# A model: the physics of a kind of machine. Check it with: gemel check models/motor.yaml
gemel: 1
model: motor
version: 1.0.0 # a published version never changes: write 1.1.0 for the next
title: Electric motor

# Inputs drive the machine. They come with samples, and stay at their default until one comes.
inputs:
  load: { unit: "%", min: 0, max: 150, default: 60, title: Load }
  ambient: { unit: degC, default: 22, title: Ambient temperature }

# Parameters are constants of the machine; a twin may have its own.
parameters:
  rated_power: { unit: kW, value: 15 }
  loss_fraction: { unit: "%", value: 8, min: 0, max: 50 }
  heat_capacity: { unit: kJ/K, value: 12 }
  cooling: { unit: W/K, value: 18 }

# States are what the machine remembers. Each needs an equation below that says how it changes; with \`noise\` it may stray from it.
states:
  temperature: { unit: degC, start: 22, min: -40, max: 200, noise: 0.05 K/s^0.5, title: Winding temperature }
  energy: { unit: kWh, start: 0, title: Energy delivered }

# der(x) is how fast x changes. Units are checked: adding kW to degC is an error with its place.
equations:
  power: load * rated_power
  losses: loss_fraction * power
  heat_away: cooling * (temperature - ambient)
  der(temperature): (losses - heat_away) / heat_capacity
  der(energy): power

outputs: # units in which readers see equations
  power: { unit: kW, title: Shaft power }
  losses: { unit: W }
  heat_away: { unit: W }

# What a sensor should read: what it does read corrects the twin, by how much each of the two \`noise\` lets one believe it.
measurements:
  winding_temperature: { equals: temperature, unit: degC, noise: 0.5 K }

when:
  too_hot: { condition: "temperature > 90 [degC]", raise: The winding is too hot, severity: critical }
`;

const readmeFile = `# A first project

    gemel up

opens three motors at <http://localhost:8080>. Stop it with Ctrl-C; the next start goes on from where it was.

## Things to try

- Let a machine speak: \`recordings/motor.csv\` is an hour of a motor, sent here sixty times as fast to twins that live so fast, too.

      gemel up --speed 60x
      gemel play recordings/motor.csv --to mqtt://localhost:1883 --topic gemel/motor-1/telemetry --speed 60x --time-field none

- Run the model by itself: \`gemel simulate models/motor.yaml --for 1h --set load=110 --plot\`
- Change \`models/motor.yaml\` and ask \`gemel check\` what it thinks of it. Editors that read the first line of the
  files complete and check while you type (in VS Code with the YAML extension).
- Read a state: \`curl localhost:8080/api/v1/twins/motor-1/state\`
`;

export const templateFiles: Readonly<Record<string, string>> = {
  'gemel.yaml': projectFile,
  'models/motor.yaml': modelFile,
  'README.md': readmeFile,
};

/**
 * An hour of a motor that is a little different from the model: it cools worse, and its sensor is noisy. The noise is
 * made by a small generator with a fixed seed (Park and Miller, Random number generators, 1988), so that every
 * project gets the same file.
 */
export function recording(): string {
  const rows = ['time,load,winding_temperature'];
  let temperature = 22;
  let seed = 20_261;
  for (let second = 0; second <= 3600; second += 5) {
    const load = [60, 85, 100, 40, 75, 60][Math.floor(second / 600) % 6] ?? 60;
    seed = (seed * 48_271) % 2_147_483_647;
    const noise = seed / 2_147_483_647 - 0.5;
    rows.push(`${second},${load},${(temperature + noise).toFixed(2)}`);
    temperature += (5 * (0.08 * (load / 100) * 15_000 - 15 * (temperature - 22))) / 12_000;
  }
  return `${rows.join('\n')}\n`;
}
