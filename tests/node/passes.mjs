// ActionPass with another implementation of JOSE (npm `jose`), written from docs/actionpass.md.
// Reads {"cases": [{token, action, now, jwks, …}], "sign": [claims]} and answers what it thinks of each.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";

const TYP = "actionpass+jwt";

// RFC 8785: JSON.stringify writes numbers and strings as it wants them; names are sorted by UTF-16 code units.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

function digest(value) {
  return `sha256:${createHash("sha256").update(canonical(value), "utf8").digest("hex")}`;
}

function actionHash(action) {
  const { id, time, ...content } = action;
  if (content.context) {
    const { trace_id, ...context } = content.context;
    content.context = context;
  }
  return digest(content);
}

async function verdict({ token, action, now, jwks, expected }) {
  const keys = createLocalJWKSet({ keys: jwks.keys.filter((key) => key.axtary.purpose === "pass") });
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ["ES256", "Ed25519"],
      typ: TYP,
      issuer: expected.issuer,
      audience: expected.audience,
      currentDate: new Date(now * 1000),
      clockTolerance: expected.leeway,
    });
    if (payload.payload_hash !== digest(action.payload ?? null)) return "payload_mismatch";
    if (payload.action_hash !== actionHash(action)) return "action_mismatch";
    return "valid";
  } catch (error) {
    return error.code ?? error.name;
  }
}

async function signed(algorithm, claims) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const token = await new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: TYP, kid }).sign(privateKey);
  return { jwk, kid, token };
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const cases = [];
for (const each of asked.cases ?? []) cases.push(await verdict(each));
const made = [];
for (const { algorithm, claims } of asked.sign ?? []) made.push(await signed(algorithm, claims));
const thumbprints = await Promise.all((asked.thumbprints ?? []).map((jwk) => calculateJwkThumbprint(jwk)));
process.stdout.write(JSON.stringify({ cases, made, thumbprints }));
