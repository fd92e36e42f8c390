// The AWS SDK for JavaScript v3 decodes what the prompt cache counts, and calls stored prompts.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import {
  AccessDeniedException,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";

import { cleanEnvironment, startServer } from "./server.mjs";

const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA = "us.amazon.nova-lite-v1:0";
const PROMPT = "arn:aws:bedrock:us-west-2:123456789012:prompt/PLAYLIST01:2";

let server;
let client;
let files;

before(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, cleanEnvironment());
  files = mkdtempSync(join(tmpdir(), "bedrock-mock-prompts-"));
  const layer = join(files, "prompts.json");
  const messages = [{ role: "user", content: [{ text: "Make a {{genre}} playlist" }] }];
  writeFileSync(layer, JSON.stringify({ prompts: [{ arn: PROMPT, model: NOVA, messages }] }));
  server = await startServer("--catalogue", layer);
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
  rmSync(files, { recursive: true, force: true });
});

const ask = (modelId, name) => ({
  modelId,
  system: [{ text: `${name} knows a lot. `.repeat(600) }, { cachePoint: { type: "default" } }],
  messages: [{ role: "user", content: [{ text: "Hello" }] }],
});

async function whole(request) {
  return (await client.send(new ConverseCommand(request))).usage;
}

async function streamed(request) {
  const answer = await client.send(new ConverseStreamCommand(request));
  let usage;
  for await (const event of answer.stream) usage = event.metadata?.usage ?? usage;
  return usage;
}

for (const model of [CLAUDE, NOVA]) {
  for (const tell of [whole, streamed]) {
    test(`counts: ${model} ${tell.name}`, async () => {
      const request = ask(model, `${model} ${tell.name}`);
      const [first, second] = [await tell(request), await tell(request)];
      assert.ok(first.cacheWriteInputTokens > 1024);
      assert.equal(first.cacheReadInputTokens, 0);
      assert.equal(second.cacheReadInputTokens, first.cacheWriteInputTokens);
      assert.equal(second.cacheWriteInputTokens, 0);
      for (const usage of [first, second]) {
        const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens } = usage;
        assert.equal(usage.totalTokens, inputTokens + outputTokens + cacheReadInputTokens + cacheWriteInputTokens);
      }
      const told = model === CLAUDE && tell === whole;
      assert.deepEqual(first.cacheDetails, told ? [{ ttl: "5m", inputTokens: first.cacheWriteInputTokens }] : undefined);
    });
  }
}

test("a model without a cache", async () => {
  await assert.rejects(whole(ask("qwen.qwen3-32b-v1:0", "none")), AccessDeniedException);
});

test("a stored prompt", async () => {
  const request = { modelId: PROMPT, promptVariables: { genre: { text: "pop" } } };
  const answer = await client.send(new ConverseCommand(request));
  assert.match(answer.output.message.content[0].text, /Make a pop playlist/);
  const stream = await client.send(new ConverseStreamCommand(request));
  let text = "";
  for await (const event of stream.stream) text += event.contentBlockDelta?.delta?.text ?? "";
  assert.equal(text, answer.output.message.content[0].text);
  await assert.rejects(client.send(new ConverseCommand({ ...request, inferenceConfig: {} })), ValidationException);
});
