from __future__ import annotations

import json

from prodimages.diffusion import weights
from prodimages.diffusion.training.shipping import ship
from tests.diffusion.training.conftest import program_in


def test_trained_weights_replace_those_of_the_package_and_are_sealed(tmp_path):
    program = program_in(tmp_path / "run", steps=1)
    program.run()
    shipped, seal = tmp_path / "package" / "nano", tmp_path / "seal.py"
    (shipped / "unet").mkdir(parents=True)
    (shipped / "README.md").write_text("The card stays.")
    (shipped / "unet" / "old.json").write_text("{}")
    found = ship(program.order.out / "nano", shipped, seal)
    weights.assert_sealed(shipped, found)
    assert f'NANO = "{found}"' in seal.read_text()
    assert (shipped / "README.md").read_text() == "The card stays."
    assert not (shipped / "unet" / "old.json").exists()
    assert not list(shipped.parent.glob("tmp*"))
    for file in shipped.rglob("*.json"):
        assert "_name_or_path" not in json.loads(file.read_text()), file
