"""A small vocabulary of its own for a stock CLIP tokenizer.

Byte-level byte-pair encoding (Sennrich et al. 2016; Radford et al. 2019): every text can be
read, and the words of the captions, Chinese ones too, are a token or two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import CLIPTokenizer

from prodimages.diffusion.training import views
from prodimages.diffusion.training.reading import Library
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.scenes import Scenes

START, END = "<|startoftext|>", "<|endoftext|>"
_WORD_END = "</w>"
_READ = 20_000
"""Captions that the vocabulary is learned from."""


def kept(folder: Path, recipe: Recipe, scenes: Scenes, library: Library) -> Any:
    """The tokenizer in ``folder``; learned from captions of ``scenes`` where none is there yet."""
    if not (folder / "tokenizer_config.json").is_file():
        rng = np.random.default_rng(recipe.seed)
        drawn = views.draw(scenes.has_product, scenes.weights, _READ, rng, scenes.dyes)
        texts = library.captions(drawn, recipe.seed)
        tokenizer(texts, recipe.vocabulary, recipe.context).save_pretrained(folder)
    kind: Any = CLIPTokenizer
    return kind.from_pretrained(folder)


def tokenizer(texts: Iterable[str], size: int, context: int) -> Any:
    """A CLIPTokenizer of at most ``size`` tokens, learned from ``texts``; always the same.

    Start is token 0, end and padding are token 1.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    base = [START, END, *alphabet, *(letter + _WORD_END for letter in alphabet)]
    stock = CLIPTokenizer(vocab={token: i for i, token in enumerate(base)}, merges=[])
    merges = _merges(stock.backend_tokenizer, texts, size - len(base))
    vocabulary = {token: i for i, token in enumerate(base)}
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    kind: Any = CLIPTokenizer
    return kind(vocab=vocabulary, merges=merges, model_max_length=context)


def _merges(reads: Any, texts: Iterable[str], count: int) -> Any:
    """The ``count`` merges learned first, split into words as ``reads`` does."""
    learner = Tokenizer(BPE(end_of_word_suffix=_WORD_END))
    learner.normalizer = reads.normalizer
    learner.pre_tokenizer = reads.pre_tokenizer
    trainer = BpeTrainer(
        # The trainer counts letters as they occur; enough of a vocabulary that merges never lack.
        vocab_size=3 * 256 + count + 64,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        end_of_word_suffix=_WORD_END,
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    merges = json.loads(learner.to_str())["model"]["merges"]
    return [tuple(pair) for pair in merges][:count]
