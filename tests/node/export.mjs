// Verifies exports of a ledger with nothing but public keys, written from docs/ledger.md ("Another verifier").
// node export.mjs EXPORT.jsonl PUBLIC.jwk [ATTESTATION.jws], or {"cases": [[file, key, attestation], …]} as its input.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { compactVerify, importJWK } from "jose";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leafHash = (bytes) => sha256(Buffer.of(0), bytes);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);
const check = (fine, why) => { if (!fine) throw new Error(why); };
const LINE = /^\{"hash":"([0-9a-f]{64})"(?:,"proof":(\[[^\]]*\]))?,"record":(.+)\}$/;

function rootOf(leaves) { // RFC 6962, 2.1
  if (leaves.length < 2) return leaves[0] ?? sha256();
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return nodeHash(rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)));
}

function rootByProof(leaf, index, size, proof) { // RFC 9162, 2.1.3.2
  let [fn, sn, found] = [index, size - 1, leaf];
  for (const each of JSON.parse(proof).map((hex) => Buffer.from(hex, "hex"))) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      found = nodeHash(each, found);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else found = nodeHash(found, each);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? found.toString("hex") : null;
}

function isAskedFor(record, { since, until, actor, ...exact }) {
  return (since === undefined || record.time >= since) && (until === undefined || record.time < until)
    && (actor === undefined || [record.agent, record.owner, record.tenant].includes(actor))
    && Object.entries(exact).every(([name, value]) => record[name] === value);
}

function checkLines(head, lines) {
  const whole = Object.keys(head.filter).length === 0, leaves = [];
  let before = null;
  lines.forEach((line, number) => {
    const at = `line ${number + 2}`, [, hash, proof, text] = LINE.exec(line) ?? [];
    check(text, `${at}: form`);
    const bytes = Buffer.from(text, "latin1"), record = JSON.parse(bytes), leaf = leafHash(bytes);
    check(sha256(bytes).toString("hex") === hash, `${at}: hash`);
    check(before === null || (record.seq > before.seq && record.time >= before.time), `${at}: order`);
    const known = record.seq === 0 ? "0".repeat(64) : record.seq - 1 === before?.seq ? before.hash : record.prev;
    check(record.prev === known, `${at}: prev`);
    check(record.seq < head.size - 1 || hash === head.head, `${at}: head`);
    if (whole) check(record.seq === number && proof === undefined && leaves.push(leaf), `${at}: seq`);
    else check(proof && rootByProof(leaf, record.seq, head.size, proof) === head.root, `${at}: proof`);
    check(isAskedFor(record, head.filter), `${at}: filter`);
    before = { hash, seq: record.seq, time: record.time };
  });
  if (whole) check(lines.length === head.size && rootOf(leaves).toString("hex") === head.root, "file: root");
}

async function verify(file, key, attestation) {
  const data = readFileSync(file), lines = data.toString("latin1").split("\n");
  check(lines.pop() === "", "file: end");
  const head = JSON.parse(Buffer.from(lines.shift(), "latin1")), jwk = JSON.parse(readFileSync(key));
  check(head.format === "axtary-ledger-export" && head.version === 1, "line 1: format");
  const [token, typ] = attestation ? [readFileSync(attestation, "utf8").trim(), "axtary-attestation+jwt"]
    : [head.checkpoint ?? "", "axtary-checkpoint+jwt"];
  const algorithm = { EC: "ES256", OKP: "Ed25519" }[jwk.kty];
  const signed = await compactVerify(token, await importJWK(jwk, algorithm), { algorithms: [algorithm] });
  const { iat, ...claims } = JSON.parse(new TextDecoder().decode(signed.payload));
  const { version, origin, size, root, head: last } = head, mine = { version, origin, size, root, head: last };
  if (attestation) Object.assign(mine, { count: lines.length, sha256: sha256(data).toString("hex") });
  check(signed.protectedHeader.typ === typ, "signature: typ");
  check(isDeepStrictEqual(claims, mine), "signature: claims");
  checkLines(head, lines);
}

const told = (given) => verify(...given).then(() => "valid", (error) => error.code ?? error.message);
const given = process.argv.length > 2 ? [process.argv.slice(2)] : JSON.parse(readFileSync(0)).cases;
process.stdout.write(JSON.stringify(await Promise.all(given.map(told))) + "\n");
