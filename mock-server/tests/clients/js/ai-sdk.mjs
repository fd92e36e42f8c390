// @ai-sdk/amazon-bedrock in its defaults.

import { bedrock } from "@ai-sdk/amazon-bedrock";
import { generateText, streamText } from "ai";

const ask = { model: bedrock(process.env.MODEL), prompt: "Tell me a story", maxRetries: 0 };

console.log((await generateText(ask)).text);

const failures = [];
const streamed = streamText({ ...ask, onError: ({ error }) => failures.push(error) });
let story = "";
for await (const part of streamed.textStream) story += part;
if (failures.length) throw failures[0];
console.log(story);
