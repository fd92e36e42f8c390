"""langchain-aws and LiteLLM embed and draw against the mock; skipped where they are not installed.

They are large, so they have a requirements file of their own: requirements-frameworks.txt.
"""

import base64
import io
import math

import pytest
from PIL import Image

TEXTS = ["The cat sat on the mat", "The kitten sat on the mat", "Airplanes need long runways"]
MODELS = [
    ("amazon.titan-embed-text-v1", 1536),
    ("amazon.titan-embed-text-v2:0", 1024),
    ("cohere.embed-english-v3", 1024),
    ("cohere.embed-v4:0", 1536),
]


def nearer(vectors: list) -> bool:
    def cosine(a, b):
        return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)

    cat, kitten, airplane = vectors
    return cosine(cat, kitten) > cosine(cat, airplane) + 0.2


@pytest.mark.parametrize(("model", "dimension"), MODELS)
def test_langchain_embeddings(signed, model, dimension):
    langchain_aws = pytest.importorskip("langchain_aws")
    if "v4" in model:
        model = f"us.{model}"
    embeddings = langchain_aws.BedrockEmbeddings(client=signed, model_id=model, provider=model.removeprefix("us.").split(".")[0])

    documents = embeddings.embed_documents(TEXTS)
    assert [len(v) for v in documents] == [dimension] * 3
    assert nearer(documents)
    assert len(embeddings.embed_query("cat")) == dimension


@pytest.fixture
def litellm(monkeypatch):
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    return pytest.importorskip("litellm")


def credentials(server) -> dict:
    return {
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        "aws_region_name": "us-west-2",
        "aws_bedrock_runtime_endpoint": server.http,
    }


@pytest.mark.parametrize(
    ("model", "dimension"),
    [
        *(("us." * ("v4" in model) + model, dimension) for model, dimension in MODELS),
        ("amazon.titan-embed-image-v1", 1024),
    ],
)
def test_litellm_embeddings(litellm, server, model, dimension):
    answer = litellm.embedding(model=f"bedrock/{model}", input=TEXTS, **credentials(server))

    vectors = [entry["embedding"] for entry in answer.data]
    assert [len(v) for v in vectors] == [dimension] * 3
    assert nearer(vectors)
    assert answer.usage.prompt_tokens > 0


@pytest.mark.parametrize("model", ["amazon.nova-canvas-v1:0", "amazon.titan-image-generator-v2:0", "stability.sd3-5-large-v1:0"])
def test_litellm_images(litellm, server, model):
    answer = litellm.image_generation(model=f"bedrock/{model}", prompt="a panda", **credentials(server))

    drawn = Image.open(io.BytesIO(base64.b64decode(answer.data[0].b64_json)))
    assert drawn.format == "PNG"
    assert drawn.size == (1024, 1024)
