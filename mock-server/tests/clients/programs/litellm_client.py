"""litellm in its defaults; ROUTE is `converse` or `invoke`."""

import os
import sys

# Else it fetches its price list from the network when imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "true"

import litellm

route = sys.argv[1]
ask = {
    "model": f"bedrock/{route}/{os.environ['MODEL']}",
    "messages": [{"role": "user", "content": "Tell me a story"}],
    "max_tokens": 200,
}

print(litellm.completion(**ask).choices[0].message.content)

print("".join(chunk.choices[0].delta.content or "" for chunk in litellm.completion(**ask, stream=True)))
