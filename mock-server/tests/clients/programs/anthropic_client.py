"""anthropic[bedrock] in its defaults: InvokeModel with the Messages body."""

import os

from anthropic import AnthropicBedrock

bedrock = AnthropicBedrock()
ask = {"model": os.environ["MODEL"], "max_tokens": 200, "messages": [{"role": "user", "content": "Tell me a story"}]}

print(bedrock.messages.create(**ask).content[0].text)

with bedrock.messages.stream(**ask) as stream:
    print("".join(stream.text_stream))
