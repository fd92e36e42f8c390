// @anthropic-ai/bedrock-sdk in its defaults.

import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";

const claude = new AnthropicBedrock({ maxRetries: 0 });
const ask = {
  model: process.env.MODEL,
  max_tokens: 200,
  messages: [{ role: "user", content: "Tell me a story" }],
};

const whole = await claude.messages.create(ask);
console.log(whole.content[0].text);
console.log(await claude.messages.stream(ask).finalText());
