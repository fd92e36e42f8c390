"""Embeddings, reranking and pictures through boto3, read the way the providers' documents read them."""

import base64
import io
import json
import math
import struct

import botocore.exceptions
import pytest
from PIL import Image

TITAN = "amazon.titan-embed-text-v2:0"
COHERE_V3 = "cohere.embed-english-v3"
COHERE_V4 = "us.cohere.embed-v4:0"
CANVAS = "amazon.nova-canvas-v1:0"


def invoke(client, model: str, body: dict) -> dict:
    answer = client.invoke_model(modelId=model, body=json.dumps(body))
    assert answer["contentType"] == "application/json"
    return json.loads(answer["body"].read())


def cosine(a: list, b: list) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)


def picture(text: str) -> Image.Image:
    found = Image.open(io.BytesIO(base64.b64decode(text, validate=True)))
    found.load()
    return found


@pytest.fixture(params=["signed over http", "bearer over https"])
def client(request):
    return request.getfixturevalue(request.param.split()[0])


class TestEmbeddings:
    @pytest.mark.parametrize("dimension", [256, 512, 1024])
    def test_titan(self, client, dimension):
        said = invoke(client, TITAN, {"inputText": "Hello", "dimensions": dimension, "normalize": True})

        assert list(said) == ["embedding", "embeddingsByType", "inputTextTokenCount"]
        assert len(said["embedding"]) == dimension
        assert math.isclose(math.hypot(*said["embedding"]), 1, abs_tol=1e-5)

    def test_titan_tells_its_tokens_in_a_header(self, signed):
        answer = signed.invoke_model(modelId=TITAN, body=json.dumps({"inputText": "Hello"}))

        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        count = json.loads(answer["body"].read())["inputTextTokenCount"]
        assert int(headers["x-amzn-bedrock-input-token-count"]) == count > 0
        assert "x-amzn-bedrock-output-token-count" not in headers

    def test_near_texts_are_nearer(self, signed):
        texts = ["The cat sat on the mat", "The kitten sat on the mat", "Airplanes need long runways"]
        said = invoke(signed, COHERE_V3, {"texts": texts, "input_type": "search_document"})

        assert said["response_type"] == "embeddings_floats"
        cat, kitten, airplane = said["embeddings"]
        assert cosine(cat, kitten) > cosine(cat, airplane) + 0.2

    def test_encodings_agree(self, signed):
        body = {
            "texts": ["Hello"],
            "input_type": "classification",
            "embedding_types": ["float", "int8", "ubinary", "base64"],
            "output_dimension": 256,
        }
        said = invoke(signed, COHERE_V4, body)

        assert said["response_type"] == "embeddings_by_type"
        kinds = {kind: vectors[0] for kind, vectors in said["embeddings"].items()}
        bits = "".join("1" if v > 0 else "0" for v in kinds["float"])
        assert "".join(f"{byte:08b}" for byte in kinds["ubinary"]) == bits
        assert cosine(kinds["float"], kinds["int8"]) > 0.999
        assert base64.b64decode(kinds["base64"]) == struct.pack("<256f", *kinds["float"])

    def test_nova_embeds_a_picture_of_nova(self, signed):
        drawn = invoke(signed, CANVAS, {"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "a cat"}})
        image = {"format": "png", "source": {"bytes": drawn["images"][0]}}
        parameters = {"embeddingPurpose": "GENERIC_INDEX", "embeddingDimension": 384, "image": image}
        body = {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": parameters}
        (entry,) = invoke(signed, "amazon.nova-2-multimodal-embeddings-v1:0", body)["embeddings"]

        assert entry["embeddingType"] == "IMAGE"
        assert len(entry["embedding"]) == 384

    def test_refusals_are_validation_exceptions(self, signed):
        for model, body in [(TITAN, {"inputText": ""}), (COHERE_V3, {"texts": ["x"] * 97, "input_type": "clustering"})]:
            with pytest.raises(signed.exceptions.ValidationException, match="^.*Malformed input request: "):
                invoke(signed, model, body)

    def test_no_conversation_and_no_stream(self, signed):
        turns = [{"role": "user", "content": [{"text": "Hello"}]}]
        with pytest.raises(botocore.exceptions.ClientError, match="This action doesn't support the model"):
            signed.converse(modelId=TITAN, messages=turns)
        with pytest.raises(botocore.exceptions.ClientError, match="unsupported for streaming"):
            signed.invoke_model_with_response_stream(modelId=TITAN, body='{"inputText": "x"}')


def test_rerank(client):
    documents = ["Bananas are yellow.", "Paris is the capital of France.", "Berlin is the capital of Germany."]
    body = {"query": "capital of France", "documents": documents, "top_n": 2, "api_version": 2}
    results = invoke(client, "cohere.rerank-v3-5:0", body)["results"]

    assert [r["index"] for r in results] == [1, 2]
    assert 1 >= results[0]["relevance_score"] > results[1]["relevance_score"] >= 0


class TestPictures:
    @pytest.mark.parametrize(("width", "height"), [(1024, 1024), (320, 1280), (1280, 720)])
    def test_canvas(self, client, width, height):
        config = {"numberOfImages": 2, "width": width, "height": height, "seed": 12}
        said = invoke(
            client,
            CANVAS,
            {"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "a robot"}, "imageGenerationConfig": config},
        )

        assert said.get("error") is None
        assert [(p.format, p.size) for p in map(picture, said["images"])] == [("PNG", (width, height))] * 2

    def test_titan_edits_what_pillow_made(self, signed):
        file = io.BytesIO()
        Image.new("RGB", (640, 384), "teal").save(file, "JPEG")
        params = {"image": base64.b64encode(file.getvalue()).decode(), "maskPrompt": "the sky", "text": "birds"}
        body = {"taskType": "INPAINTING", "inPaintingParams": params}
        said = invoke(signed, "amazon.titan-image-generator-v2:0", body)

        assert picture(said["images"][0]).size == (640, 384)

    def test_stability(self, signed):
        said = invoke(signed, "stability.sd3-5-large-v1:0", {"prompt": "a panda", "aspect_ratio": "21:9", "seed": 7})

        assert (said["seeds"], said["finish_reasons"]) == ([7], [None])
        assert picture(said["images"][0]).size == (1536, 640)

    def test_stable_diffusion_xl(self, signed):
        body = {"text_prompts": [{"text": "a panda"}], "width": 1024, "height": 1024, "seed": 7}
        (artifact,) = invoke(signed, "stability.stable-diffusion-xl-v1", body)["artifacts"]

        assert (artifact["seed"], artifact["finishReason"]) == (7, "SUCCESS")
        assert picture(artifact["base64"]).size == (1024, 1024)
