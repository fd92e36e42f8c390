// What a user of the AWS SDK for JavaScript v3 reads when a conversation breaks a rule: the requests
// of refusals.json.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

import { cleanEnvironment, startServer } from "./server.mjs";

const TABLE = JSON.parse(readFileSync(fileURLToPath(new URL("../refusals.json", import.meta.url)), "utf8"));

let server;
let client;

before(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, cleanEnvironment());
  server = await startServer();
  client = new BedrockRuntimeClient({
    region: "us-west-2",
    endpoint: server.http,
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
});

after(async () => {
  client?.destroy();
  await server?.stop();
});

/** A request of the table in the SDK's types. */
function spelled(value) {
  if (Array.isArray(value)) return value.flatMap(repeated).map(spelled);
  if (value === null || typeof value !== "object") return value;
  if ("base64" in value) {
    const start = Buffer.from(value.base64, "base64");
    const all = new Uint8Array(Math.max(start.length, value.fill ?? 0)).fill("x".charCodeAt(0));
    all.set(start);
    return all;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spelled(inner)]));
}

function repeated(entry) {
  // A text has a method of that name.
  if (typeof entry?.repeat !== "number") return [entry];
  const text = JSON.stringify(entry.of);
  return Array.from({ length: entry.repeat }, (_, n) => JSON.parse(text.replaceAll("{n}", n)));
}

const commands = [
  [false, ConverseCommand],
  [true, ConverseStreamCommand],
];

for (const refusal of TABLE.cases) {
  test(`refused: ${refusal.rule}`, async () => {
    for (const [stream, Command] of commands) {
      if ((refusal.stream ?? stream) !== stream) continue;
      const command = new Command({ modelId: refusal.model, ...spelled(refusal.request) });
      await assert.rejects(client.send(command), (error) => {
        assert.equal(error.name, refusal.type);
        assert.equal(error.message, refusal.message);
        assert.equal(error.$metadata.httpStatusCode, refusal.status);
        return true;
      });
    }
  });
}

for (const near of TABLE.accepted) {
  test(`accepted: ${near.rule}`, async () => {
    const request = { modelId: near.model, ...spelled(near.request) };
    assert.ok((await client.send(new ConverseCommand(request))).stopReason);
    const names = [];
    for await (const event of (await client.send(new ConverseStreamCommand(request))).stream) names.push(...Object.keys(event));
    assert.deepEqual(names.slice(-2), ["messageStop", "metadata"]);
  });
}
