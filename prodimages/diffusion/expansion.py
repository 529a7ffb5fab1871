"""A longer prompt from a short one, by a small language model on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from django.utils.translation import gettext as _
from transformers import AutoModelForCausalLM, AutoTokenizer

from prodimages.diffusion.weights import assert_no_code, assert_no_pickles, unavailable

MOST_TOKENS = 120
_TASK = (
    "Rewrite the user's words as one prompt for a photograph of a product: surface, background, "
    "light and mood, in at most sixty words and in the same language. Keep words in braces exactly "
    "as they are. Answer with the prompt alone."
)


def expand(prompt: str, folder: Path, *, seed: int = 0) -> str:
    """One line. A model with a chat template is asked to rewrite the prompt, another goes on
    writing where it ends. The same seed gives the same words on the same machine.

    Raises JobFailure (unavailable) for weights that may run code, or are none.
    """
    assert_no_code(folder)
    assert_no_pickles(folder, folder.name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError) as error:
        raise unavailable(_("The folder holds no language model that can be loaded.")) from error
    chats = bool(tokenizer.chat_template)
    text = _question(tokenizer, prompt) if chats else prompt
    given = tokenizer(text, return_tensors="pt", add_special_tokens=not chats)
    model.eval()
    torch.manual_seed(seed)
    with torch.inference_mode():
        made = model.generate(
            **given, do_sample=True, temperature=0.7, top_p=0.9, max_new_tokens=MOST_TOKENS
        )
    new = made[0, given.input_ids.shape[1] :]
    words = str(tokenizer.decode(new, skip_special_tokens=True))
    return " ".join((words if chats else prompt + words).split())


def _question(tokenizer: Any, prompt: str) -> str:
    messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": prompt}]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
