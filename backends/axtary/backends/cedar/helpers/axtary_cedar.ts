// Computes the Cedar request of an action for a policy that axtary exported. No dependencies, no I/O; ES2022.
//
//     import { readFileSync } from "node:fs";
//     import { Requests, stringify } from "./axtary_cedar.ts";
//
//     const requests = new Requests(JSON.parse(readFileSync("hoisted.json", "utf8")));
//     const request = requests.request({ action: {...}, facts: {...} });      // values that are already parsed
//     const same = requests.requestOf('{"action": ..., "facts": ...}');       // JSON text, read strictly
//
// A request is { principal, action, resource, context }; a principal is { type, id }. A Long of the context is a bigint,
// as it may have 64 bits: write the request with `stringify`. Ask Cedar with it and with no entities, or those of
// `entities`; allow only if Cedar allows and reports no error. Whatever cannot be read throws InputError: that is a
// deny. The facts (usage, approval) are the service's own, never what an agent claims.

const FORMAT = "axtary-cedar-request/1";
const LONG_MAX = 2n ** 63n - 1n;
const MAX_DEPTH = 64; // nested lists and objects, of an action or of facts
const SCALE = 10_000n; // a Cedar decimal is whole ten-thousandths
const SECOND = 1_000_000_000n;
const MISSING = Symbol("missing");

/** What was given cannot be read as an action with its facts: deny. */
export class InputError extends Error {}

/** Makes requests for one exported policy. */
export class Requests {
  #hoisted: any;

  /** `hoisted` is the parsed hoisted.json. */
  constructor(hoisted: any) {
    if (!isObject(hoisted) || hoisted.format !== FORMAT) {
      throw new InputError(`no hoisted.json of the format ${FORMAT}`);
    }
    for (const entry of hoisted.attributes) {
      if (!HOW.has(entry.how.do) || !["field", "member", "element"].includes(entry.as)) {
        throw new InputError(`${entry.name} is computed in a way that is not known here`);
      }
    }
    this.#hoisted = hoisted;
  }

  get policyVersion(): string {
    return this.#hoisted.policy_version;
  }

  /** The request for a JSON text (a string, or a Uint8Array in UTF-8). Throws InputError. */
  requestOf(text: any): any {
    return this.request(parse(text));
  }

  /** The request for { action, facts }; the facts may be left out. Throws InputError. */
  request(asked: any): any {
    const { action, facts } = checked(asked);
    const { attributes, records, sets, types, actions, zones } = this.#hoisted;
    const context = record();
    for (const name of records) context[name] = record();
    for (const name of sets) context[name] = [];
    for (const entry of attributes) {
      const value = HOW.get(entry.how.do)(entry.how, action, facts, zones);
      if (entry.as === "field") context[entry.key] = value;
      else if (entry.as === "member" && value !== undefined) context[entry.in][entry.key] = value;
      else if (entry.as === "element" && value === true) context[entry.in].push(entry.key);
    }
    const id = actions.named.includes(action.tool) ? action.tool : actions.other;
    return {
      principal: { type: types.principal, id: textAt(action, ["actor", "agent"]) },
      action: { type: types.action, id },
      resource: { type: types.resource, id: textAt(action, ["resource"]) },
      context,
    };
  }
}

/** The entities of a request. The policies read none of their attributes: an empty list decides alike. */
export function entities(request: any): any[] {
  return [request.principal, request.resource].map((uid) => ({ uid, attrs: {}, parents: [] }));
}

/**
 * The request as IsAuthorized of Amazon Verified Permissions takes it, but for the id of the policy store.
 * Throws InputError where the service has no request for it: without an agent or a resource, or with a long one.
 */
export function verifiedPermissions(request: any): any {
  for (const [name, most] of Object.entries({ principal: 612, action: 512, resource: 612 })) {
    const length = Array.from(request[name].id).length;
    if (length < 1 || length > most) {
      throw new InputError(`the id of the ${name} has ${length} characters, not 1 to ${most}`);
    }
  }
  const named = (uid: any) => ({ entityType: uid.type, entityId: uid.id });
  return {
    principal: named(request.principal),
    action: { actionType: request.action.type, actionId: request.action.id },
    resource: named(request.resource),
    context: { cedarJson: stringify(request.context) },
  };
}

/** JSON text in which a bigint keeps every digit. */
export function stringify(value: any): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(stringify).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).map((key) => `${JSON.stringify(key)}:${stringify(value[key])}`).join(",")}}`;
}

// --- reading --------------------------------------------------------------------------------------------------------

const STRING = "string";
const OBJECT = "object";
const NUMBER = "number";
const ANYTHING = "anything";
const MEMBERS = new Map(Object.entries({
  version: NUMBER,
  id: STRING,
  time: STRING,
  actor: OBJECT,
  intent: OBJECT,
  tool: STRING,
  resource: STRING,
  payload: OBJECT,
  paths: ANYTHING,
  context: OBJECT,
}));
const PARTS = new Map(Object.entries({
  actor: new Map(Object.entries({ agent: STRING, tenant: STRING, owner: STRING, roles: ANYTHING })),
  intent: new Map(Object.entries({ task: STRING, summary: STRING })),
}));

/** An object that inherits nothing: `__proto__` is a key like any other. */
function record(): any {
  return Object.create(null);
}

function isObject(value: any): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The action and the facts as copies, if they are what a policy is asked about. Throws InputError. */
export function checked(asked: any): any {
  const names = isObject(asked) ? Object.keys(asked) : [];
  if (!names.includes("action") || names.some((name) => name !== "action" && name !== "facts")) {
    throw new InputError("ask with an object of `action` and perhaps `facts`");
  }
  const action = copied(asked.action, 1);
  const facts = names.includes("facts") ? copied(asked.facts, 1) : record();
  if (!isObject(facts)) throw new InputError("the facts are not an object");
  checkMembers("the action", action, MEMBERS);
  for (const [name, members] of PARTS) {
    if (name in action) checkMembers(`\`${name}\``, action[name], members);
  }
  if (action.version !== 1 || !action.tool) throw new InputError("an action has `version` 1 and a `tool`");
  return { action, facts };
}

function checkMembers(what: string, value: any, members: any): void {
  if (!isObject(value)) throw new InputError(`${what} is not an object`);
  for (const name of Object.keys(value)) {
    const wanted = members.get(name);
    if (wanted === undefined) throw new InputError(`${what} has an unknown member ${JSON.stringify(name)}`);
    const found = isObject(value[name]) ? OBJECT : Array.isArray(value[name]) ? "list" : typeof value[name];
    const fits = wanted === ANYTHING || (found === wanted && value[name] !== null);
    if (!fits) throw new InputError(`${JSON.stringify(name)} of ${what} is of the wrong type`);
  }
}

function copied(value: any, depth: number): any {
  if (typeof value === "string") return checkedText(value);
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") {
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw new InputError("a number beyond 2^53-1");
    return value;
  }
  if (!Array.isArray(value) && !isObject(value)) throw new InputError("a value that is not JSON");
  if (depth > MAX_DEPTH) throw new InputError(`more than ${MAX_DEPTH} nested lists and objects`);
  if (Array.isArray(value)) return Array.from(value, (item) => copied(item, depth + 1));
  const copy = record();
  for (const name of Object.keys(value)) copy[checkedText(name)] = copied(value[name], depth + 1);
  return copy;
}

function checkedText(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new InputError("half of a surrogate pair");
  return text;
}

/** Strict JSON: no name twice, no number that a double would round. Throws InputError. */
export function parse(text: any): any {
  const reader = new Reader(text instanceof Uint8Array ? decoded(text) : text);
  return reader.document();
}

function decoded(bytes: any): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError("not UTF-8");
  }
}

class Reader {
  #text: string;
  #at: number;

  constructor(text: any) {
    if (typeof text !== "string") throw new InputError("not a JSON text");
    this.#text = text;
    this.#at = 0;
  }

  document(): any {
    const value = this.#value(0);
    this.#blank();
    if (this.#at < this.#text.length) throw this.#wrong();
    return value;
  }

  #wrong(): any {
    return new InputError(`not strict JSON at ${this.#at}`);
  }

  #blank(): void {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "x")) this.#at += 1;
  }

  /** The match of a sticky expression here, which is then behind. */
  #take(pattern: any): any {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #mark(mark: string): boolean {
    this.#blank();
    const found = this.#text[this.#at] === mark;
    if (found) this.#at += 1;
    return found;
  }

  #value(depth: number): any {
    if (depth > MAX_DEPTH + 1) throw new InputError(`more than ${MAX_DEPTH} nested lists and objects`);
    if (this.#mark("{")) return this.#object(depth);
    if (this.#mark("[")) return this.#list(depth);
    if (this.#text[this.#at] === '"') return this.#string();
    const word = this.#take(/true|false|null/y);
    if (word !== null) return JSON.parse(word[0]);
    const literal = this.#take(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y);
    if (literal === null) throw this.#wrong();
    return exactNumber(literal[0]);
  }

  #object(depth: number): any {
    const members = record();
    if (this.#mark("}")) return members;
    do {
      this.#blank();
      const name = this.#string();
      if (name in members) throw new InputError("a name stands twice in an object");
      if (!this.#mark(":")) throw this.#wrong();
      members[name] = this.#value(depth + 1);
    } while (this.#mark(","));
    if (!this.#mark("}")) throw this.#wrong();
    return members;
  }

  #list(depth: number): any {
    const items: any[] = [];
    if (this.#mark("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#mark(","));
    if (!this.#mark("]")) throw this.#wrong();
    return items;
  }

  #string(): string {
    const found = this.#take(/"(?:[^"\\]|\\.)*"/sy);
    if (found === null) throw this.#wrong();
    try {
      return JSON.parse(found[0]);
    } catch {
      throw this.#wrong();
    }
  }
}

/** The number of a literal, if the literal is just what the double prints. */
function exactNumber(literal: string): any {
  const value = Number(literal);
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw new InputError("a number beyond 2^53-1");
  const [digits, exponent] = digitsOf(literal);
  const [shortest, shortestExponent] = digitsOf(String(value));
  if (digits !== shortest || (digits !== "" && exponent !== shortestExponent)) {
    throw new InputError("a number that a double would round");
  }
  return value === 0 ? 0 : value;
}

/** The digits of a number without zeros around them, and the power of ten of the last; the sign is set aside. */
function digitsOf(literal: string): any {
  const found: any = /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]+))?$/.exec(literal);
  const all = found[1] + (found[2] ?? "");
  const digits = all.replace(/0+$/, "");
  const power = BigInt((found[3] ?? "0").replace("+", "")) - BigInt((found[2] ?? "").length);
  return [digits.replace(/^0+/, ""), power + BigInt(all.length - digits.length)];
}

// --- typed values ---------------------------------------------------------------------------------------------------

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;
const TIMESTAMP =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))$/;

function valueAt(action: any, path: any): any {
  let value = action;
  for (const key of path) {
    if (!isObject(value) || !(key in value)) return MISSING;
    value = value[key];
  }
  return value;
}

function textAt(action: any, path: any): string {
  const value = valueAt(action, path);
  return typeof value === "string" ? value : "";
}

/** By its type: string, boolean, list, or bigint (decimals in ten-thousandths, timestamps in ns); or undefined. */
function typed(how: any, action: any): any {
  return TYPES.get(how.type)(valueAt(action, how.path));
}

function whole(value: any): bigint | undefined {
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
}

/** A JSON number by its shortest decimal form: 0.1 is one tenth, not the double beside it. */
function tenThousandths(value: any): bigint | undefined {
  if (typeof value !== "number") return undefined;
  const [digits, exponent] = digitsOf(String(value));
  if (digits === "") return 0n;
  const power = exponent + 4n;
  if (power < 0n) return undefined; // the last digit is no zero
  return inRange(BigInt(digits) * 10n ** power * (value < 0 ? -1n : 1n));
}

function inRange(scaled: bigint): bigint | undefined {
  return -LONG_MAX - 1n <= scaled && scaled <= LONG_MAX ? scaled : undefined;
}

function decimal(value: any): bigint | undefined {
  if (typeof value !== "string") return tenThousandths(value);
  const found: any = DECIMAL.exec(value);
  if (found === null || found[2].length > 15) return undefined;
  const digits = (found[3] ?? "").replace(/0+$/, "");
  if (digits.length > 4) return undefined;
  const scaled = BigInt(found[2]) * SCALE + BigInt(digits.padEnd(4, "0"));
  return inRange(found[1] ? -scaled : scaled);
}

function timestamp(value: any): bigint | undefined {
  const found: any = typeof value === "string" ? TIMESTAMP.exec(value) : null;
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const [hours, minutes] = [Number(found[9] ?? 0), Number(found[10] ?? 0)];
  if (year < 1678 || year > 2261 || hours > 23 || minutes > 59) return undefined;
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const same = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && local.getUTCHours() === hour;
  if (!same || second > 59) return undefined; // no such day or hour; a minute of 60 is in the next hour
  const offset = (hours * 60 + minutes) * (found[8] === "-" ? -60 : 60);
  return BigInt(local.getTime() / 1000 - offset) * SECOND + BigInt((found[7] ?? "").padEnd(9, "0"));
}

function isText(value: any): boolean {
  return typeof value === "string";
}

function isCanonical(value: any): boolean {
  if (typeof value !== "string" || value.includes("\\") || value.includes("\0")) return false;
  return !value.split("/").some((segment) => segment === "" || segment === "." || segment === "..");
}

function accepted(value: any, accept: any): any {
  return accept(value) ? value : undefined;
}

function listOf(value: any, accept: any): any {
  return Array.isArray(value) && value.every((item) => accept(item)) ? value : undefined;
}

const TYPES: any = new Map(Object.entries({
  string: (value: any) => accepted(value, isText),
  path: (value: any) => accepted(value, isCanonical),
  boolean: (value: any) => accepted(value, (item: any) => typeof item === "boolean"),
  integer: whole, // its range is that of every number that is let in
  number: tenThousandths,
  decimal,
  timestamp,
  strings: (value: any) => listOf(value, isText),
  paths: (value: any) => listOf(value, isCanonical),
}));

// --- patterns -------------------------------------------------------------------------------------------------------

function matchesAny(patterns: any, text: string): boolean {
  return patterns.some((pattern: any) => matches(pattern, text));
}

function matches(pattern: any, text: string): boolean {
  if (pattern.inside && /^@(?:home|root)(?:\/|$)/.test(text)) return false;
  let at = [0]; // the places in the text, ascending, that the tokens so far can reach
  for (const token of pattern.tokens) {
    at = step(token, text, at);
    if (at.length === 0) return false;
  }
  return at[at.length - 1] === text.length;
}

function step(token: any, text: string, at: number[]): number[] {
  if (typeof token === "string") {
    return at.filter((place) => text.startsWith(token, place)).map((place) => place + token.length);
  }
  const first = at[0] ?? 0;
  if (token.wildcard === "any") return Array.from({ length: text.length + 1 - first }, (_, n) => first + n);
  if (token.wildcard === "segments") {
    const reached = new Set(at);
    for (let place = first; place < text.length; place += 1) if (text[place] === "/") reached.add(place + 1);
    return Array.from(reached).sort((a, b) => a - b);
  }
  if (token.wildcard === "star") return star(text, at);
  throw new InputError("a wildcard that is not known here");
}

function star(text: string, at: number[]): number[] {
  const reached: number[] = [];
  let last = -1;
  for (const place of at) {
    if (place <= last) continue; // this run up to its slash is already in
    const slash = text.indexOf("/", place);
    last = slash < 0 ? text.length : slash;
    for (let n = place; n <= last; n += 1) reached.push(n);
  }
  return reached;
}

// --- how each attribute is computed ---------------------------------------------------------------------------------

function compared(left: any, op: string, right: any): boolean {
  switch (op) {
    case "==":
      return left === right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      throw new InputError("a comparison that is not known here");
  }
}

function read(how: any, action: any): any {
  const value = typed(how, action);
  if (value === undefined || (how.type !== "number" && how.type !== "decimal")) return value;
  const absolute = value < 0n ? -value : value;
  const digits = (absolute % SCALE).toString().padStart(4, "0").replace(/0+$/, "") || "0";
  return { __extn: { fn: "decimal", arg: `${value < 0n ? "-" : ""}${absolute / SCALE}.${digits}` } };
}

function usage(how: any, _action: any, facts: any): any {
  const count = whole(valueAt(facts, ["usage", how.rule]));
  return count !== undefined && count >= 0n ? count : undefined;
}

function approved(how: any, _action: any, facts: any): boolean {
  const listed = valueAt(facts, ["approval", "approvers"]);
  const able = new Set();
  for (const entry of Array.isArray(listed) ? listed : []) {
    const name = valueAt(entry, ["id"]);
    const roles = listOf(valueAt(entry, ["roles"]), isText);
    // One ill-typed entry makes the whole list count as empty; a quorum is at least 1.
    if (typeof name !== "string" || roles === undefined) return false;
    if (how.roles.length === 0 || roles.some((role: any) => how.roles.includes(role))) able.add(name);
  }
  return able.size >= how.quorum;
}

function like(how: any, action: any): any {
  const value = typed(how, action);
  return value === undefined ? undefined : matchesAny(how.patterns, value);
}

function quantified(how: any, action: any): any {
  const items = typed(how, action);
  if (items === undefined) return undefined;
  const fits = (item: any) => how.values.includes(item) || matchesAny(how.patterns, item);
  return how.quantifier === "any" ? items.some(fits) : items.length > 0 && items.every(fits);
}

function count(how: any, action: any): any {
  const items = typed(how, action);
  return items === undefined ? undefined : compared(items.length, how.op, how.n);
}

function compare(how: any, action: any): any {
  const left = byValue(how.left, action);
  const right = byValue(how.right, action);
  return left === undefined || right === undefined ? undefined : compared(left, how.op, right);
}

/** Integers in ten-thousandths too, so that they compare with numbers and decimals. */
function byValue(attribute: any, action: any): any {
  const value = typed(attribute, action);
  return attribute.type === "integer" && value !== undefined ? value * SCALE : value;
}

function blockedPaths(how: any, action: any): boolean {
  const paths = typed(how, action);
  return paths !== undefined && !paths.some((path: any) => matchesAny(how.patterns, path));
}

function hours(how: any, action: any, _facts: any, zones: any): boolean {
  const ns = typed(how, action);
  if (ns === undefined) return false;
  const second = Number(ns / SECOND) - (ns % SECOND < 0n ? 1 : 0); // down, also before 1970
  return how.windows.some((window: any) => isInside(window, second, zones));
}

function isInside(window: any, second: number, zones: any): boolean {
  const local = second + offsetAt(zones[window.zone], second);
  const days = Math.floor(local / 86_400);
  const minute = Math.floor((local - days * 86_400) / 60);
  const day = (((days + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday
  if (window.from <= window.to) return window.days.includes(day) && window.from <= minute && minute < window.to;
  const starts = window.days.includes(day) && minute >= window.from;
  return starts || (window.days.includes((day + 6) % 7) && minute < window.to);
}

/** The offset of the last entry that is not after the instant. */
function offsetAt(table: any, second: number): number {
  let [low, high] = [0, table.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table[middle][0] <= second) low = middle + 1;
    else high = middle;
  }
  if (low === 0) throw new InputError("a time before the table of its zone");
  return table[low - 1][1];
}

const HOW: any = new Map(Object.entries({
  text: (how: any, action: any) => textAt(action, how.path),
  read,
  present: (how: any, action: any) => valueAt(action, how.path) !== MISSING,
  usage,
  approved,
  match: (how: any, action: any) => matchesAny(how.patterns, textAt(action, how.path)),
  like,
  quantified,
  count,
  compare,
  blocked_paths: blockedPaths,
  hours,
}));
