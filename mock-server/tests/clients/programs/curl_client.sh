# curl: bearer as the guide does it, or signing with its own --aws-sigv4. A stream is read as SSE.
set -eu
ask() { # ask OPERATION [CURL-OPTION...]
  operation=$1; shift
  if [ -n "${AWS_BEARER_TOKEN_BEDROCK-}" ]; then
    set -- "$@" -H "Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK"
  else
    set -- "$@" --aws-sigv4 "aws:amz:$AWS_REGION:bedrock" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"
  fi
  curl --silent --show-error --fail-with-body --max-time 20 "$@" -H 'Content-Type: application/json' \
    -d '{"messages": [{"role": "user", "content": [{"text": "Tell me a story"}]}]}' \
    "$AWS_ENDPOINT_URL_BEDROCK_RUNTIME/model/$MODEL/$operation"
}
ask converse | python3 -c 'import json, sys; print(json.load(sys.stdin)["output"]["message"]["content"][0]["text"])'
ask converse-stream -N -H 'Accept: text/event-stream' | python3 -c '
import json, sys
lines = [line[6:].strip() for line in sys.stdin if line.startswith("data: ")]
assert lines.pop() == "[DONE]"
deltas = [json.loads(line).get("contentBlockDelta", {}) for line in lines]
print("".join(delta.get("delta", {}).get("text", "") for delta in deltas))'
