/** What must hold in the models whatever their numbers: balances, steady states in closed form, printed ratings. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelOf, near, run, zeroCelsius } from './library.ts';

const rpm = Math.PI / 30;
const bar = 1e5;

test('dc-motor: rated voltage and load give the speed and current that the book prints', () => {
  const hot = { winding_temperature: 75 + zeroCelsius };
  const motor = run(modelOf('dc-motor'), {
    seconds: 4,
    inputs: { voltage: 240, load_torque: 29.2 - 0.5 - 0.003 * 1220 * rpm },
    parameters: { winding_capacity: 1e12 },
    states: { ...hot, speed: 1200 * rpm },
  });
  // Krause, Wasynczuk & Sudhoff (2002), section 2.6: 1220 rpm and 16.2 A at 29.2 N·m, friction included.
  near(motor.end('speed'), 1220 * rpm, 2e-3);
  near(motor.end('current'), 16.2, 2e-3);
});

test('dc-motor: what comes in is stored, done as work or given to the air', () => {
  const motor = run(modelOf('dc-motor'), {
    seconds: 20,
    tickSeconds: 0.002,
    inputs: { voltage: 200, load_torque: 20 },
  });
  const change = (name: string) => motor.end(name) - motor.start(name);
  const stored =
    0.5 * 1 * motor.end('speed') ** 2 +
    0.5 * 0.012 * motor.end('current') ** 2 +
    6e3 * change('winding_temperature') +
    25e3 * change('housing_temperature');
  near(
    motor.integral('electric_power'),
    stored + motor.integral('shaft_power') + motor.integral('heat_to_air'),
    3e-5,
  );
});

test('induction-motor: at its rated 50 hp it runs as fast as the nameplate says', () => {
  const at75 = { winding_temperature: 75 + zeroCelsius, rotor_temperature: 75 + zeroCelsius };
  const motor = run(modelOf('induction-motor'), {
    seconds: 2,
    inputs: { voltage: 460, load_torque: (50 * 745.7) / (1705 * rpm) },
    parameters: { winding_capacity: 1e12, rotor_capacity: 1e12, bearing_torque: 0, fan_torque: 0 },
    states: { ...at75, speed: 1700 * rpm },
  });
  // Krause, Wasynczuk & Sudhoff (2002), table 4.10-1: 1705 rpm, a nameplate's figure, not one computed from the circuit.
  near(motor.end('speed'), 1705 * rpm, 1e-2);
});

test('induction-motor: loses the slip’s part of what crosses the air gap in the rotor', () => {
  const motor = run(modelOf('induction-motor'), { seconds: 3, inputs: { voltage: 460, load_torque: 150 } });
  const crossing = motor.end('motor_torque') * motor.end('synchronous_speed');
  near(motor.end('rotor_loss'), motor.end('slip') * crossing, 1e-12);
  const out = motor.end('shaft_power') + motor.end('friction_torque') * motor.end('speed');
  const lost = motor.end('stator_loss') + motor.end('rotor_loss') + motor.end('iron_power');
  near(motor.end('electric_power'), out + lost, 1e-5); // it still slows a little as it warms
});

test('induction-motor: the currents are those of the equivalent circuit without resistance at no load', () => {
  const motor = run(modelOf('induction-motor'), {
    seconds: 5,
    inputs: { voltage: 460 },
    parameters: { stator_resistance: 0.01, bearing_torque: 0, fan_torque: 0 },
    states: { speed: 1790 * rpm },
  });
  near(motor.end('speed'), 1800 * rpm, 1e-6);
  near(motor.end('stator_current'), 460 / Math.sqrt(3) / (13.08 + 0.302), 1e-5);
});

test('centrifugal-pump: flow settles where the head of the pump meets that of the pipe', () => {
  const pump = run(modelOf('centrifugal-pump'), {
    seconds: 20,
    inputs: { frequency: 50, suction_pressure: 3 * bar },
    states: { speed: 2900 * rpm, flow: 0.03 },
  });
  const ratio = pump.end('speed') / (2900 * rpm);
  near(pump.end('flow'), Math.sqrt((52 * ratio ** 2 - 18) / (9000 + 8000)), 1e-6);
  near(pump.end('head'), pump.end('system_head'), 1e-6);
  assert.ok(ratio > 1 && ratio < 1.02);
});

test('centrifugal-pump: speed changes move flow, head and power by the affinity laws where nothing is to lift', () => {
  const model = modelOf('centrifugal-pump');
  const [slow, fast] = [25, 50].map((frequency) =>
    run(model, {
      seconds: 30,
      inputs: { frequency, suction_pressure: 8 * bar },
      parameters: { static_head: 0 },
    }),
  );
  assert.ok(slow && fast);
  const ratio = fast.end('speed') / slow.end('speed');
  near(fast.end('flow') / slow.end('flow'), ratio, 1e-4);
  near(fast.end('head') / slow.end('head'), ratio ** 2, 1e-4);
  near(fast.end('hydraulic_power') / slow.end('hydraulic_power'), ratio ** 3, 1e-4);
});

test('gearbox: what comes in is stored, passed on or lost', () => {
  const gearbox = run(modelOf('gearbox'), {
    seconds: 4,
    tickSeconds: 0.001,
    inputs: { drive_torque: 150, load_torque: 800 },
  });
  const stored =
    0.5 * 0.35 * gearbox.end('input_speed') ** 2 +
    0.5 * 40 * gearbox.end('output_speed') ** 2 +
    0.5 * 30000 * gearbox.end('twist') ** 2;
  const out =
    gearbox.integral('output_power') + gearbox.integral('losses') + gearbox.integral('coupling_loss');
  near(gearbox.integral('input_power'), stored + out, 1e-5);
});

test('heat-exchanger: at rest both sides move the same heat, between parallel flow and counterflow', () => {
  const exchanger = run(modelOf('heat-exchanger'), {
    seconds: 120,
    inputs: { hot_flow: 3, hot_inlet: 80 + zeroCelsius, cold_flow: 3, cold_inlet: 20 + zeroCelsius },
  });
  near(exchanger.end('hot_duty'), exchanger.end('cold_duty'), 1e-6);
  // Effectiveness after Incropera & DeWitt (2002), table 11.3; the heat capacities differ by 0.2 %.
  const units = (exchanger.end('overall') * 12) / (3 * 4180);
  const effectiveness = exchanger.end('cold_duty') / (3 * 4180 * 60);
  assert.ok(effectiveness > (1 - Math.exp(-2 * units)) / 2);
  assert.ok(effectiveness < units / (1 + units));
});

test('cascaded-tanks: below the rims the levels settle where Torricelli says', () => {
  const tanks = run(modelOf('cascaded-tanks'), { seconds: 20000, inputs: { pump_signal: 0.7 } });
  for (const [name, outlet] of [
    ['upper_level', 12e-4],
    ['lower_level', 11e-4],
  ] as const) {
    near(tanks.end(name), (0.7 * 6e-3) ** 2 / (0.62 * outlet) ** 2 / (2 * 9.81), 1e-6);
  }
});

test('cascaded-tanks: no water appears or vanishes, overflowing or not', () => {
  const tanks = run(modelOf('cascaded-tanks'), { seconds: 3000, inputs: { pump_signal: 1 } });
  assert.deepEqual(tanks.trajectory.fired, [1, 1]);
  const stored = 1.2 * (tanks.end('upper_level') - 0.5) + 1.5 * (tanks.end('lower_level') - 0.5);
  const away = tanks.integral('lower_outflow') + tanks.integral('lost');
  near(tanks.integral('pump_flow'), stored + away, 1e-5);
});

test('hydraulic-power-unit: the oil ends where the losses meet the cooling', () => {
  const unit = run(modelOf('hydraulic-power-unit'), {
    seconds: 8000,
    everySeconds: 100,
    inputs: { opening: 0.2 },
    parameters: { leakage_growth: 0, oil_capacity: 50e3 },
  });
  near(unit.end('heating'), unit.end('cooling'), 1e-4);
  near(unit.end('shaft_power'), unit.end('load_power') + unit.end('cooling'), 1e-4);
});

test('hydraulic-power-unit: the accumulator gives what Boyle and Poisson say', () => {
  // The pump is set below the pressure, so that the consumer draws from the accumulator alone.
  const unit = run(modelOf('hydraulic-power-unit'), {
    seconds: 3,
    tickSeconds: 0.01,
    inputs: { set_pressure: 60 * bar, opening: 0.2, load_pressure: 20 * bar },
    parameters: { precharge: 80 * bar },
    states: { pressure: 180 * bar },
  });
  const gas = (pressure: number) => 0.01 * ((80 + 1.013) / (pressure / bar + 1.013)) ** (1 / 1.3);
  const pressure = unit.end('pressure');
  assert.ok(pressure > 100 * bar && pressure < 160 * bar);
  const given = gas(pressure) - gas(180 * bar) + (0.02 / 700e6) * (180 * bar - pressure);
  near(-unit.integral('net_flow'), given, 1e-5);
});

test('air-compressor: the air in the receiver is what was delivered less what was drawn', () => {
  const compressor = run(modelOf('air-compressor'), {
    seconds: 300,
    tickSeconds: 0.1,
    inputs: { demand: 3 / 60 },
  });
  const drawn = compressor.integral('demand_mass') + compressor.integral('leak_mass');
  const stored = compressor.end('air_mass') - compressor.start('air_mass');
  near(compressor.integral('delivery'), stored + drawn, 1e-3); // it switches on and off between two rows
});

test('air-compressor: keeps the pressure within its band while the demand is below the delivery', () => {
  const compressor = run(modelOf('air-compressor'), { seconds: 1200, inputs: { demand: 4 / 60 } });
  const pressures = compressor.series('receiver_pressure');
  // A second at 4 m³/min moves the pressure of 1 m³ by less than 0.07 bar.
  assert.ok(Math.min(...pressures) > 6.9 * bar && Math.max(...pressures) < 8.1 * bar);
  assert.deepEqual(new Set(compressor.series('loaded')), new Set([0, 1]));
  assert.deepEqual(compressor.trajectory.fired, [0, 0]);
});

test('lithium-ion-cell: counts the charge, and rests at the open-circuit voltage', () => {
  const model = modelOf('lithium-ion-cell');
  const cell = run(model, {
    seconds: 7200,
    inputAt: (name, time) => (name === 'current' ? (time < 1800 ? 0.85 : 0) : undefined),
    parameters: { fade_rate: 0 },
  });
  near(cell.end('charge'), 0.5, 1e-9); // 850 mAh at 0.85 A for half an hour
  near(cell.end('voltage'), cell.end('open_circuit'), 1e-6);
  // The paper's curve at half charge: 3.685 + 0.1078 − 0.02945 + 0.0400125 V.
  near(cell.end('open_circuit'), 3.8033625, 1e-6);
});

test('lithium-ion-cell: all heat warms the cell or goes to the air', () => {
  const cell = run(modelOf('lithium-ion-cell'), { seconds: 1800, inputs: { current: 1.5 } });
  const stored = 20 * (cell.end('temperature') - cell.start('temperature'));
  near(cell.integral('loss') + cell.integral('entropic_heat'), stored + cell.integral('heat_to_air'), 1e-5);
});

test('hvac-zone: CO2 settles where people and outside air balance', () => {
  const zone = run(modelOf('hvac-zone'), {
    seconds: 40000,
    tickSeconds: 10,
    inputs: { supply_flow: 1200 / 3600, outdoor_temperature: 10 + zeroCelsius, occupants: 10 },
  });
  near(zone.end('co2'), 420e-6 + (10 * 18.7e-3) / (0.3 * 1200), 1e-6);
  // Water alike: outside air brings 6 g/kg and ten people add 60 g/h each; nothing condenses.
  near(zone.end('humidity'), 6e-3 + (10 * 0.06) / (0.3 * 1200 * 1.2), 1e-6);
});

test('hvac-zone: with fan and sun off the room settles between wall and outside by its conductances', () => {
  const zone = run(modelOf('hvac-zone'), {
    seconds: 200000,
    tickSeconds: 100,
    inputs: { supply_flow: 0, outdoor_temperature: zeroCelsius },
    parameters: { wall_capacity: 1e6, base_gain: 1000 },
  });
  // 1000 W leave through the windows, 45 W/K, and through the walls, 900 W/K and 60 W/K in series.
  const walls = 1 / (1 / 900 + 1 / 60);
  near(zone.end('air_temperature') - zeroCelsius, 1000 / (45 + walls), 1e-3);
});

test('belt-conveyor: at rest it carries feed over speed, and pulls what DIN 22101 asks for', () => {
  const belt = run(modelOf('belt-conveyor'), {
    seconds: 2000,
    inputs: { feed: 800 / 3.6, speed_setpoint: 2.5 },
  });
  const speed = belt.end('belt_speed');
  const load = 800 / 3.6 / speed;
  for (const section of ['load_1', 'load_2', 'load_3']) near(belt.end(section), load, 1e-6);
  near(belt.end('discharge'), 800 / 3.6, 1e-6);
  const slope = Math.cos(Math.asin(20 / 300));
  const friction = 1.31 * 0.02 * 300 * 9.81 * (21 + (2 * 20 + load) * slope);
  near(belt.end('drive_force'), friction + 20 * 9.81 * load + (800 / 3.6) * speed, 1e-4);
});

test('belt-conveyor: the backstop holds a loaded belt without drive', () => {
  const belt = run(modelOf('belt-conveyor'), {
    seconds: 20,
    inputs: { feed: 0, speed_setpoint: 0 },
    states: { load_1: 90, load_2: 90, load_3: 90, belt_speed: 1 },
  });
  assert.equal(belt.end('belt_speed'), 0);
  assert.ok(belt.end('load_3') > 80);
});
