// @aws-sdk/client-bedrock-runtime in its defaults.

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

const bedrock = new BedrockRuntimeClient();
const ask = {
  modelId: process.env.MODEL,
  messages: [{ role: "user", content: [{ text: "Tell me a story" }] }],
};

const whole = await bedrock.send(new ConverseCommand(ask));
console.log(whole.output.message.content[0].text);

const { stream } = await bedrock.send(new ConverseStreamCommand(ask));
let story = "";
for await (const event of stream) story += event.contentBlockDelta?.delta?.text ?? "";
console.log(story);
bedrock.destroy();
