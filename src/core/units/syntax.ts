/**
 * Unit expressions: text → factors with their exponents. Knows the grammar and no unit.
 *
 *   product  = ['/'] term { ('*' | '.' | '·' | '×' | '/' | ' ') term }
 *   term     = (name | power-of-ten | '(' product ')') [exponent] {note} | note
 *   exponent = '^' number | '^(' number ['/' digits] ')' | ['+' | '-'] digits | superscripts
 *   note     = '{' … '}'
 *
 * Each `/` divides by the next factor only, left to right, as in UCUM. A space after a `/` is refused: `W/m2 K`
 * reads as W/(m²·K) to most people and is W·K/m² by that rule.
 */

import type { UnitProblem } from './problem.ts';

export interface Factor {
  readonly name: string;
  readonly exponent: number;
  readonly at: number;
  readonly length: number;
}

export type FactorsResult = { readonly factors: readonly Factor[] } | { readonly problem: UnitProblem };

const longestText = 200;
const largestExponent = 20;

/** The name under which powers of ten appear among the factors. */
export const powerOfTen = '10';

/**
 * Splits `text` into factors. `isUnit` tells a name that ends in digits (`mmH2O`) from one with an exponent (`m2`).
 * Total: any text gives factors or a problem, in a time that its length bounds.
 */
export function parseFactors(text: string, isUnit: (name: string) => boolean): FactorsResult {
  if (text.length > longestText) {
    const message = `a unit has at most ${longestText} characters, this has ${text.length}`;
    return { problem: { code: 'UNIT_SYNTAX', at: 0, length: text.length, message } };
  }
  return new Parser(text, isUnit).parse();
}

/** Thrown inside this file only, to leave the recursion at the first fault. */
class Fault extends Error {
  readonly problem: UnitProblem;
  constructor(problem: UnitProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

const product = /[*.·⋅×]/y;
const namePattern = /[^\s*.·⋅×/^(){}+\-−⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+/y;
const note = /\{[^{}]*\}/y;
const superscripts = /([⁺⁻]?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/y;
const plainDigits = /\d+/y;
const signedDigits = /[+\-−]\d+/y;
const caret = /\^\s*([+\-−]?\d+(?:\.\d+)?)/y;
const caretFraction = /\^\s*\(\s*([+\-−]?\d+(?:\.\d+)?)\s*(?:\/\s*(\d+)\s*)?\)/y;
const tenToThe = /10[*^]([+\-−]?\d+)(?![\dA-Za-z])/y;

class Parser {
  readonly #text: string;
  readonly #isUnit: (name: string) => boolean;
  #at = 0;

  constructor(text: string, isUnit: (name: string) => boolean) {
    this.#text = text;
    this.#isUnit = isUnit;
  }

  parse(): FactorsResult {
    try {
      this.#skipSpace();
      if (this.#at === this.#text.length) {
        throw this.#fault(0, this.#at, 'the unit is empty', 'write `1` for a number without a unit');
      }
      const factors = this.#product();
      if (this.#at < this.#text.length) throw this.#fault(this.#at, 1, 'this `)` closes nothing');
      return { factors };
    } catch (fault) {
      if (fault instanceof Fault) return { problem: fault.problem };
      throw fault;
    }
  }

  #product(): Factor[] {
    const factors: Factor[] = [];
    let divide = this.#take('/');
    let divided = divide;
    for (;;) {
      this.#skipSpace();
      const term = this.#term();
      factors.push(...(divide ? raise(term, -1) : term));
      const spaced = this.#skipSpace();
      const at = this.#at;
      const next = this.#text[at];
      if (next === undefined || next === ')') return factors;
      divide = this.#take('/');
      if (divide) divided = true;
      else if (this.#match(product) !== undefined) this.#refuseDoubleStar(at);
      else if (!spaced) throw this.#fault(at, 1, 'two units touch', 'put a `.` between them: `m2.K`');
      else if (divided) {
        const hint = 'write `W/(m2.K)` to divide by both, `W.K/m2` to divide by one';
        throw this.#fault(at, 1, 'after a `/`, a space does not say what is divided', hint);
      } else this.#refuseDegreeLetter(factors.at(-1));
    }
  }

  #term(): Factor[] {
    const at = this.#at;
    if (this.#take('(')) {
      const factors = this.#product();
      if (!this.#take(')')) throw this.#fault(at, 1, 'this `(` is not closed');
      const digits = this.#match(plainDigits)?.[0];
      const exponent = digits === undefined ? this.#exponent() : this.#readExponent(digits, at);
      this.#notes();
      return exponent === undefined ? factors : this.#raiseChecked(factors, exponent, at);
    }
    const power = this.#match(tenToThe);
    if (power !== undefined) {
      this.#notes();
      return [this.#factor(powerOfTen, this.#readExponent(power[1] ?? '', at), at)];
    }
    const noted = this.#match(note);
    if (noted !== undefined) {
      return this.#isUnit(noted[0]) ? [this.#factor(noted[0], this.#exponent() ?? 1, at)] : [];
    }
    const name = this.#match(namePattern)?.[0];
    if (name === undefined) throw this.#missingTerm();
    const factors = /^\d/.test(name) ? this.#number(name, at) : this.#named(name, at);
    this.#notes();
    return factors;
  }

  #number(name: string, at: number): Factor[] {
    if (/^10*$/.test(name)) return name === '1' ? [] : [this.#factor(powerOfTen, name.length - 1, at)];
    const hint = 'a unit holds no other number than 1, 10, 100 … and 10^3';
    throw this.#fault(at, name.length, `\`${name}\` is not a unit`, hint);
  }

  #named(name: string, at: number): Factor[] {
    const split = this.#isUnit(name) ? undefined : /^(.*?\D)(\d+)$/.exec(name);
    const inName = split?.[2] === undefined ? undefined : this.#readExponent(split[2], at);
    const length = this.#at - at;
    const after = this.#exponent();
    if (inName !== undefined && after !== undefined) {
      throw this.#fault(at, this.#at - at, 'this unit has two exponents');
    }
    const touching = /^(\D+\d+)(\D.*)$/.exec(name);
    if (inName === undefined && touching !== null && !this.#isUnit(name)) {
      const hint = `put a \`.\` between them: \`${touching[1]}.${touching[2]}\`, in parentheses if it stands after a \`/\``;
      throw this.#fault(at, length, `\`${name}\` is not a unit, or two units touch`, hint);
    }
    const base = inName === undefined ? name : (split?.[1] ?? name);
    return [this.#factor(base, inName ?? after ?? 1, at)];
  }

  #exponent(): number | undefined {
    const at = this.#at;
    const fraction = this.#match(caretFraction);
    if (fraction !== undefined) {
      return this.#readExponent(fraction[1] ?? '', at, Number(fraction[2] ?? '1'));
    }
    const number = this.#match(caret)?.[1] ?? this.#match(signedDigits)?.[0];
    if (number !== undefined) return this.#readExponent(number, at);
    const raised = this.#match(superscripts);
    if (raised !== undefined) {
      const digits = (raised[2] ?? '').replace(/./g, (digit) => String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)));
      return this.#readExponent((raised[1] === '⁻' ? '-' : '') + digits, at);
    }
    if (this.#text[at] === '^') {
      throw this.#fault(at, 1, 'after `^` a number is expected', 'write `s^2`, `s^-0.5` or `s^(1/2)`');
    }
    return undefined;
  }

  #readExponent(text: string, at: number, divisor = 1): number {
    const exponent = Number(text.replace('−', '-')) / divisor;
    if (exponent !== 0 && Math.abs(exponent) <= largestExponent) return exponent;
    const message = `an exponent is not 0 and lies between -${largestExponent} and ${largestExponent}`;
    throw this.#fault(at, this.#at - at, message);
  }

  #raiseChecked(factors: readonly Factor[], exponent: number, at: number): Factor[] {
    const raised = raise(factors, exponent);
    if (raised.every((factor) => Math.abs(factor.exponent) <= largestExponent)) return raised;
    throw this.#fault(at, this.#at - at, `an exponent exceeds ${largestExponent}`);
  }

  #notes(): void {
    while (this.#match(note) !== undefined);
    if (this.#text[this.#at] === '{') throw this.#fault(this.#at, 1, 'this `{` is not closed');
  }

  /** `deg C` is not degrees times coulomb. */
  #refuseDegreeLetter(before: Factor | undefined): void {
    const letter = /[CFK](?![A-Za-z])/y;
    letter.lastIndex = this.#at;
    if (before === undefined || !/^(deg|°)$/.test(before.name) || !letter.test(this.#text)) return;
    const unit = this.#text[this.#at] === 'K' ? 'K' : `deg${this.#text[this.#at]}`;
    throw new Fault({
      code: 'UNIT_TEMPERATURE',
      at: before.at,
      length: this.#at + 1 - before.at,
      message: 'a unit of temperature is one word',
      hint: `did you mean \`${unit}\`?`,
    });
  }

  #refuseDoubleStar(at: number): void {
    if (this.#text.startsWith('**', at)) throw this.#fault(at, 2, 'a power is written `^`', 'write `m^2`');
  }

  #missingTerm(): Fault {
    const found = this.#text[this.#at];
    if (found === '{') return this.#fault(this.#at, 1, 'this `{` is not closed');
    if (found === undefined) return this.#fault(Math.max(0, this.#at - 1), 1, 'the unit ends too early');
    return this.#fault(this.#at, 1, `a unit is expected, not \`${found}\``);
  }

  #factor(name: string, exponent: number, at: number): Factor {
    return { name, exponent, at, length: this.#at - at };
  }

  #fault(at: number, length: number, message: string, hint?: string): Fault {
    return new Fault({ code: 'UNIT_SYNTAX', at, length, message, ...(hint === undefined ? {} : { hint }) });
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): boolean {
    const from = this.#at;
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#at > from;
  }
}

function raise(factors: readonly Factor[], exponent: number): Factor[] {
  return factors.map((factor) => ({ ...factor, exponent: factor.exponent * exponent }));
}
