/*
 * The equations of bench/models/pump.yaml as one writes them by hand in C, for the peers that solve them. What depends on
 * parameters alone is computed once, in `derived`; divisions by constants are products.
 */
#ifndef PUMP_H
#define PUMP_H

#include "peer.h"
#include <math.h>

enum { STATES = 8, PARAMETERS = 6, DERIVED = 3 };

/* States, then voltage, synchronous speed, valve, ambient, system loss, inertia. */
static const double start[STATES + PARAMETERS] = {140, 0.02, 60, 65, 45, 50, 0.05, 2, 230, 157.08, 0.8, 25, 4000, 0.6};
static const double step_seconds = 0.005;

typedef struct {
  double speed, flow, winding, rotor, housing, bearing, wear, level;
} pump_t;

typedef struct {
  double voltage, synchronous, ambient, loss, per_synchronous, per_inertia;
} constants_t;

static inline __attribute__((always_inline)) pump_t slope(pump_t x, constants_t c) {
  double slip = (c.synchronous - x.speed) * c.per_synchronous;
  double stator_resistance = 0.35 * (1 + 0.0039 * (x.winding - 25));
  double rotor_resistance = 0.30 * (1 + 0.0039 * (x.rotor - 25));
  double resistance = stator_resistance * slip + rotor_resistance;
  double reactance = 1.6 * slip;
  double per_impedance = 1 / (resistance * resistance + reactance * reactance);
  double slip_voltage = c.voltage * slip;
  double rotor_current_squared = slip_voltage * slip_voltage * per_impedance;
  double torque = 3 * c.voltage * c.voltage * rotor_resistance * slip * c.per_synchronous * per_impedance;
  double stator_current = sqrt(rotor_current_squared + 20.25);

  double flow_squared = x.flow * fabs(x.flow);
  double head_needed = 2 + 2500 * x.flow * x.flow;
  double head_available = 8.5 - 0.02 * (x.housing - 20);
  double cavitation = 0.5 * (1 + tanh((head_needed - head_available) * 3.3));
  double head = (0.0016 * x.speed * x.speed + 0.07 * x.speed * x.flow - 9000 * flow_squared) * (1 - 0.3 * cavitation);
  double system_head = 4 + x.level + c.loss * flow_squared;

  double viscosity = 0.004 * exp(-0.03 * (x.bearing - 40));
  double worn = 1 + 4 * x.wear;
  double friction = (0.8 * tanh(x.speed * 2) + viscosity * x.speed) * worn;
  double pump_torque = 0.0008 * x.speed * x.speed + 2.2 * x.speed * x.flow;
  double fan = 1.5 + 0.09 * pow(fabs(x.speed) + 0.001, 0.8);
  double relative_speed = x.speed * 0.006366;

  pump_t k;
  k.speed = (torque - pump_torque - friction) * c.per_inertia;
  k.flow = (head - system_head) * 0.0077;
  k.winding = (3 * stator_current * stator_current * stator_resistance - 14 * (x.winding - x.housing)) * (1 / 5200.0);
  k.rotor = (3 * rotor_current_squared * rotor_resistance - 11 * (x.rotor - x.housing)) * (1 / 4100.0);
  k.housing = (14 * (x.winding - x.housing) + 11 * (x.rotor - x.housing) + 6 * (x.bearing - x.housing) -
               fan * (x.housing - c.ambient)) * (1 / 21000.0);
  k.bearing = (friction * x.speed - 6 * (x.bearing - x.housing)) * (1 / 900.0);
  k.wear = 1e-7 * worn * relative_speed * relative_speed * relative_speed * exp((x.bearing - 70) * 0.0667);
  k.level = (x.flow - 0.0142 * sqrt(x.level > 0 ? x.level : 0)) * 0.25;
  return k;
}

#define EACH(of) of(speed, 0) of(flow, 1) of(winding, 2) of(rotor, 3) of(housing, 4) of(bearing, 5) of(wear, 6) of(level, 7)

/* Loss of the pipe with its valve, and the inverses of synchronous speed and inertia. */
static inline void derive(const double parameter[PARAMETERS], double derived[DERIVED]) {
  double opening = exp(3.9 * (parameter[2] - 1));
  derived[0] = parameter[4] / (opening * opening) * 0.5;
  derived[1] = 1 / parameter[1];
  derived[2] = 1 / parameter[5];
}

#endif
