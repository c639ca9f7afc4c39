"""Any sentence-transformers model as the encoder; needs the extra: pip install "chazhang[dense]"."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kg.encoders.ngrams import Floats, unit
from kg.model import LibraryError


class Transformer:
    """A model from a folder, or from a hub by its name. Its own prompts for questions and passages are used where it has them."""

    def __init__(self, wanted: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise LibraryError(
                f"编码器 {wanted} 要用 sentence-transformers，本机没有（{error}）。"
                '请运行 pip install "chazhang[dense]"，或改用 --encoder ngrams。'
            ) from error
        try:
            self._model = SentenceTransformer(str(Path(wanted).resolve()) if Path(wanted).is_dir() else wanted)
        except Exception as error:  # whatever the hub, torch or the model's files have to complain about
            raise LibraryError(
                f"编码器 {wanted} 打不开（{str(error)[:200]}）。"
                "请写本机的模型文件夹；用模型名要能联网下载，或已下载过；也可改用 --encoder ngrams。"
            ) from error
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self.name = f"{wanted} {self.dimensions}"

    def encode(self, texts: Sequence[str], *, asked: bool = False) -> Floats:
        """One vector of length 1 for each text."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        encode = self._model.encode_query if asked else self._model.encode_document
        return unit(np.asarray(encode([*texts], show_progress_bar=False, convert_to_numpy=True), np.float32))
