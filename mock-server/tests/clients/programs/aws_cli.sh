# The AWS CLI. It has no streaming operations of Bedrock Runtime; asked for one it says so itself.
set -eu
aws bedrock-runtime converse --model-id "$MODEL" \
  --messages '[{"role": "user", "content": [{"text": "Tell me a story"}]}]' \
  --query 'output.message.content[0].text' --output text
