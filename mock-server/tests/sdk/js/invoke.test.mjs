// The AWS SDK for JavaScript v3 decodes InvokeModel and its stream for every family, asked as in
// fixtures/providers.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import {
  BedrockRuntimeClient,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";

import { cleanEnvironment, startServer } from "./server.mjs";

const PROVIDERS = fileURLToPath(new URL("../../../../fixtures/providers/", import.meta.url));
const METRICS = "amazon-bedrock-invocationMetrics";

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

function pairs() {
  const files = readdirSync(PROVIDERS, { recursive: true }).filter((name) => name.endsWith(".json"));
  return files
    .sort()
    .map((name) => ({ name, ...JSON.parse(readFileSync(PROVIDERS + name, "utf8")) }))
    .filter((pair) => pair.basis && pair.request);
}

const input = (pair) => ({ modelId: pair.model, contentType: "application/json", body: JSON.stringify(pair.request) });

for (const pair of pairs()) {
  if (pair.response) {
    test(`whole answer: ${pair.name}`, async () => {
      const answer = await client.send(new InvokeModelCommand(input(pair)));
      assert.equal(answer.contentType, "application/json");
      assert.deepEqual(Object.keys(JSON.parse(answer.body.transformToString())), Object.keys(pair.response));
    });
  }
  if (pair.chunks) {
    test(`chunks: ${pair.name}`, async () => {
      const answer = await client.send(new InvokeModelWithResponseStreamCommand(input(pair)));
      const chunks = [];
      for await (const event of answer.body) chunks.push(JSON.parse(new TextDecoder().decode(event.chunk.bytes)));
      const keys = (chunk) => Object.keys(chunk).join(" ");
      const expected = pair.chunks.map((entry) => keys(entry.chunk));
      for (const chunk of chunks) assert.ok(expected.includes(keys(chunk)), keys(chunk));
      assert.equal(keys(chunks[0]), expected[0]);
      assert.ok(chunks.at(-1)[METRICS].inputTokenCount > 0);
    });
  }
}

test("a broken body is a ValidationException", async () => {
  const pair = { model: "amazon.titan-text-express-v1", request: {} };
  await assert.rejects(client.send(new InvokeModelCommand(input(pair))), (error) => {
    assert.ok(error instanceof ValidationException);
    assert.match(error.message, /required key \[inputText\] not found/);
    return true;
  });
});
