/**
 * One pump as the world has it: richer than its twin's model, with parameters nobody is told, noisy sensors,
 * wear, and faults that can be switched on. It shares no code with Gemel: the twins know nothing of it but
 * what it sends.
 *
 * SI throughout: rad/s, m³/s, °C for temperatures, W.
 */

export const faults = ['bearing', 'clogged', 'impeller', 'sensor'] as const;
export type Fault = (typeof faults)[number];

/** What differs from pump to pump. */
export interface Hidden {
  readonly shutoffHead: number;
  readonly pumpLoss: number;
  readonly efficiency: number;
  readonly bearingTorque: number;
  readonly vibration: number;
  /** Of its bearings at the start, from 0 to 1. */
  readonly wear: number;
}

/** One message of the pump's controller, in the units of its data sheet. */
export interface Telemetry {
  readonly speed_setpoint: number;
  readonly valve: number;
  readonly ambient: number;
  readonly speed: number;
  readonly flow: number;
  readonly discharge_pressure: number;
  readonly motor_power: number;
  readonly winding_temperature: number;
  readonly bearing_temperature: number;
}

const RATED_SPEED = (2900 * 2 * Math.PI) / 60;
const STEP_SECONDS = 0.02;
const WATER = 998 * 9.81;

export class Pump {
  /** Each from 0 (off) to 1 (severe). */
  readonly faults: Record<Fault, number> = { bearing: 0, clogged: 0, impeller: 0, sensor: 0 };
  readonly #hidden: Hidden;
  readonly #random: () => number;
  #seconds: number;
  #speed = 0;
  #flow = 0;
  #winding = 20;
  #bearing = 20;
  #wear: number;

  /** `dutySeconds`: how far it is in its duty cycle. */
  constructor(hidden: Hidden, it: { readonly dutySeconds: number; readonly random: () => number }) {
    this.#hidden = hidden;
    this.#wear = hidden.wear;
    this.#seconds = it.dutySeconds;
    this.#random = it.random;
  }

  /** Advances the physics; small steps keep the water column stable. */
  advance(seconds: number): void {
    for (let left = seconds; left > 1e-9; left -= STEP_SECONDS) this.#step(Math.min(STEP_SECONDS, left));
  }

  telemetry(): Telemetry {
    const offset = this.faults.sensor * 8;
    const noisy = (value: number, deviation: number, digits: number) =>
      Number((value + deviation * this.#normal()).toFixed(digits));
    return {
      speed_setpoint: this.#setpointRpm(),
      valve: this.#valvePercent(),
      ambient: noisy(this.#ambient(), 0.05, 2),
      speed: noisy((this.#speed * 60) / (2 * Math.PI), 3, 1),
      flow: noisy(this.#flow * 3600, 0.8, 2),
      discharge_pressure: noisy((WATER * Math.max(this.#head(), 0)) / 1e5, 0.03, 3),
      motor_power: noisy(this.#motorPower() / 1000, 0.05, 3),
      winding_temperature: noisy(this.#winding, 0.3, 2),
      bearing_temperature: noisy(this.#bearing + offset, 0.2, 2),
    };
  }

  /** Root mean square of the vibration, micrometres a second. */
  vibration(): number {
    const ratio = this.#speed / RATED_SPEED;
    const level = this.#hidden.vibration * ratio ** 2 * (1 + 4 * this.#wear + 3 * this.faults.bearing);
    return Math.max(0, Math.round(1000 * (level + 0.1 * this.#normal())));
  }

  #step(dt: number): void {
    this.#seconds += dt;
    const setpoint = (this.#setpointRpm() * 2 * Math.PI) / 60;
    const opening = Math.max(this.#valvePercent(), 2) / 100;
    const pipeLoss = 8300 * (1 + 6 * this.faults.clogged);
    const head = this.#head();
    const systemHead = 18.3 + (pipeLoss / opening ** 2) * this.#flow ** 2;
    const power = this.#motorPower();
    const shaft = this.#shaftPower();
    const ambient = this.#ambient();
    this.#speed += (dt * (setpoint - this.#speed)) / 2.2;
    // The check valve closes when the water would run back.
    this.#flow = Math.max(0, this.#flow + ((dt * 9.81 * 0.0314) / 61) * (head - systemHead));
    this.#winding += (dt * (power - shaft - 21.6 * (this.#winding - ambient))) / 9400;
    this.#bearing += (dt * (this.#friction() * this.#speed - 4.4 * (this.#bearing - ambient))) / 1750;
    // Bearings wear faster when they are hot.
    this.#wear = Math.min(
      1,
      this.#wear + dt * 2e-8 * (this.#speed / RATED_SPEED) ** 2 * Math.exp((this.#bearing - 60) / 25),
    );
  }

  #head(): number {
    const ratio = this.#speed / RATED_SPEED;
    const { shutoffHead, pumpLoss } = this.#hidden;
    return shutoffHead * (1 - 0.3 * this.faults.impeller) * ratio ** 2 - pumpLoss * this.#flow ** 2;
  }

  #friction(): number {
    return this.#hidden.bearingTorque * (1 + 6 * this.#wear + 5 * this.faults.bearing);
  }

  #shaftPower(): number {
    const hydraulic = WATER * Math.max(this.#head(), 0) * this.#flow;
    return (
      hydraulic / (this.#hidden.efficiency * (1 - 0.2 * this.faults.impeller)) +
      this.#friction() * this.#speed
    );
  }

  #motorPower(): number {
    return this.#shaftPower() / 0.918 + (190 * this.#speed) / RATED_SPEED;
  }

  /** Its duty: full speed, part load, and now and then little to do. */
  #setpointRpm(): number {
    const phase = this.#seconds % 240;
    if (phase < 90) return 2900;
    if (phase < 150) return 2450;
    return phase < 220 ? 2700 : 2000;
  }

  #valvePercent(): number {
    return this.#seconds % 400 < 300 ? 100 : 55;
  }

  #ambient(): number {
    return 20 + 2 * Math.sin((2 * Math.PI * this.#seconds) / 3600);
  }

  /** Source  Box & Muller, A note on the generation of random normal deviates (1958). */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}
