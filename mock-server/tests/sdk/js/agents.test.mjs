// The AI SDK runs its tool loops on Converse: it sends the tools, runs what it is asked to run, sends
// the results back and stops when the answer is text.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";

import { cleanEnvironment, putScenarios, startServer } from "./server.mjs";

const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const MODELS = [CLAUDE, "amazon.nova-lite-v1:0", "openai.gpt-oss-120b-1:0"];
const CITY = jsonSchema({ type: "object", properties: { city: { type: "string" } }, required: ["city"] });
const SCRIPT = [
  {
    content: [
      { text: "Let me look." },
      { toolUse: { name: "get_weather", input: { city: "Zürich" } } },
      { toolUse: { name: "get_weather", input: { city: "Oslo" } } },
    ],
  },
  { content: [{ toolUse: { name: "get_time", input: { city: "Oslo" } } }] },
  { text: "Zürich and Oslo are warm, and it is noon." },
];

let server;

before(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, cleanEnvironment());
  server = await startServer();
});

after(async () => {
  await server?.stop();
});

const model = (id, accessKeyId = "test") =>
  createAmazonBedrock({ region: "us-west-2", baseURL: server.http, accessKeyId, secretAccessKey: "test" })(id);
const check = (name, run) => test(name, { timeout: 30_000 }, run);

/** Tools that note what they are asked. */
function noted() {
  const calls = [];
  const of = (name, say) =>
    tool({
      description: `${name} in a city`,
      inputSchema: CITY,
      execute: async ({ city }) => {
        calls.push([name, city]);
        return say(city);
      },
    });
  const tools = {
    get_weather: of("get_weather", (city) => `It is 21 degrees in ${city}.`),
    get_time: of("get_time", (city) => `It is noon in ${city}.`),
  };
  return { calls, tools };
}

/** Text, steps and finish reason, whole or streamed. */
async function run(streamed, ask) {
  const settings = { stopWhen: stepCountIs(6), maxRetries: 0, ...ask };
  if (!streamed) {
    const { text, steps, finishReason, totalUsage } = await generateText(settings);
    return { text, steps, finishReason, usage: totalUsage };
  }
  const failures = [];
  const result = streamText({ ...settings, onError: ({ error }) => failures.push(error) });
  await result.consumeStream();
  if (failures.length) throw failures[0];
  const [text, steps, finishReason, usage] = await Promise.all([result.text, result.steps, result.finishReason, result.totalUsage]);
  return { text, steps, finishReason, usage };
}

for (const streamed of [false, true]) {
  const how = streamed ? "streamed" : "whole";
  for (const id of MODELS) {
    check(`a loop without a script, ${how}: ${id}`, async () => {
      const { calls, tools } = noted();
      const done = await run(streamed, { model: model(id), tools, prompt: "Use get_weather for me" });
      assert.deepEqual(calls, [["get_weather", "value"]]);
      assert.match(done.text, /It is 21 degrees in value\./);
      assert.equal(done.finishReason, "stop");
      assert.equal(done.steps.length, 2);
      assert.ok(done.usage.outputTokens > 0);
    });

    check(`parallel calls, ${how}: ${id}`, async () => {
      const { calls, tools } = noted();
      await run(streamed, { model: model(id), tools, prompt: "Use get_weather and get_time" });
      assert.deepEqual(calls.sort(), [
        ["get_time", "value"],
        ["get_weather", "value"],
      ]);
    });

    check(`a scripted loop of three turns, ${how}: ${id}`, async () => {
      const account = String(910000000000 + MODELS.indexOf(id) * 2 + Number(streamed));
      await putScenarios(server, account, [{ name: "three turns", reply: SCRIPT }]);
      const { calls, tools } = noted();
      const done = await run(streamed, { model: model(id, account), tools, prompt: "Where is it warm?" });
      assert.deepEqual(calls, [
        ["get_weather", "Zürich"],
        ["get_weather", "Oslo"],
        ["get_time", "Oslo"],
      ]);
      assert.equal(done.text, SCRIPT.at(-1).text);
      assert.equal(done.steps.length, 3);
      assert.equal(done.steps[0].text, SCRIPT[0].content[0].text);
    });
  }

  check(`reasoning comes and goes back, ${how}`, async () => {
    const { calls, tools } = noted();
    const providerOptions = { bedrock: { reasoningConfig: { type: "enabled", budgetTokens: 1024 } } };
    const done = await run(streamed, { model: model(CLAUDE), tools, prompt: "Use get_weather for me", providerOptions });
    assert.equal(calls.length, 1);
    const [thought] = done.steps[0].reasoning;
    assert.ok(thought.text);
    assert.ok(thought.providerMetadata.bedrock.signature);
    assert.ok(done.text);
  });
}

for (const id of MODELS) {
  check(`structured output: ${id}`, async () => {
    const schema = jsonSchema({
      type: "object",
      properties: { name: { type: "string" }, age: { type: "integer" } },
      required: ["name", "age"],
      additionalProperties: false,
    });
    const { object } = await generateObject({ model: model(id), schema, prompt: "Who is it?", maxRetries: 0 });
    assert.equal(typeof object.name, "string");
    assert.ok(Number.isInteger(object.age));
  });
}
