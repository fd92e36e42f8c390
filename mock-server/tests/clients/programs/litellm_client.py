"""litellm in its defaults, by Converse and by InvokeModel."""

import os

# Else it fetches its price list from the network when imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "true"

import litellm

# Importing it takes longer than all the rest, so one process asks both ways.
for route in ("converse", "invoke"):
    ask = {
        "model": f"bedrock/{route}/{os.environ['MODEL']}",
        "messages": [{"role": "user", "content": "Tell me a story"}],
        "max_tokens": 200,
    }
    print(litellm.completion(**ask).choices[0].message.content)
    print("".join(chunk.choices[0].delta.content or "" for chunk in litellm.completion(**ask, stream=True)))
