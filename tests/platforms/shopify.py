"""Shopify's GraphQL Admin API as far as the adapter uses it: files are made, take a moment
until they are ready, have unique names where one insists, and are attached to products."""

from __future__ import annotations

from typing import Any

from tests.platforms.server import FakePlatform, Reply, Request

SCOPES = ["read_products", "write_products", "write_files"]


class FakeShopify(FakePlatform):
    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, dict[str, Any]] = {}
        self.staged: dict[str, bytes] = {}
        self.scopes = list(SCOPES)
        self.looks_until_ready = 1

    def add_product(self, number: str, photos: list[str]) -> str:
        ids = [self._file(name, alt=f"photo {name}") for name in photos]
        self.products[number] = {"title": f"Mug {number}", "media": ids}
        return number

    def _file(self, name: str, *, alt: str) -> str:
        gid = f"gid://shopify/MediaImage/{self.number()}"
        self.files[gid] = {"name": name, "alt": alt, "looks": 0}
        return gid

    def pictures(self, number: str) -> list[tuple[str, str]]:
        return [(self.files[i]["name"], self.files[i]["alt"]) for i in self._media(number)]

    def _media(self, number: str) -> list[str]:
        return [gid for gid in self.products[number]["media"] if gid in self.files]

    def duplicate(self, number: str, name: str) -> None:
        self.products[number]["media"].append(self._file(name, alt=""))

    def adds(self, request: Request) -> bool:
        return "fileCreate" in str(request.body)

    def busy(self) -> Reply:
        cost = {
            "requestedQueryCost": 80,
            "throttleStatus": {"currentlyAvailable": 10, "restoreRate": 10},
        }
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return Reply(200, {"errors": [error], "extensions": {"cost": cost}})

    def denied(self) -> Reply:
        return Reply(401, {"errors": "[API] Invalid API key or access token"})

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/staged/"):
            self.staged[request.path] = request.form()["file"][1]
            return Reply(201)
        assert request.headers["x-shopify-access-token"] == "token"
        assert request.path == "/admin/api/2026-10/graphql.json"
        asked = request.json()
        for name in (
            "stagedUploadsCreate",
            "fileCreate",
            "fileUpdate",
            "fileDelete",
            "productReorderMedia",
        ):
            if f"{name}(" in asked["query"]:
                return Reply(200, {"data": {name: getattr(self, name)(asked["variables"])}})
        return Reply(200, {"data": self.query(asked["query"], asked["variables"])})

    def query(self, text: str, given: dict[str, Any]) -> dict[str, Any]:
        if "currentAppInstallation" in text:
            handles = [{"handle": scope} for scope in self.scopes]
            return {"currentAppInstallation": {"accessScopes": handles}}
        if "node(id" in text:
            file = self.files[given["id"]]
            file["looks"] += 1
            ready = file["looks"] > self.looks_until_ready
            return {"node": {"fileStatus": "READY" if ready else "PROCESSING", "fileErrors": []}}
        if "files(" in text:
            wanted = given["text"].removeprefix("filename:").strip("*")
            named = [gid for gid, file in self.files.items() if wanted in file["name"]]
            return {"files": {"nodes": [self._node(gid) for gid in named]}}
        if "products(" in text:
            return {"products": self._page(given["after"])}
        number = given["id"].rpartition("/")[2]
        if number not in self.products:
            return {"product": None}
        product = self.products[number]
        return {
            "product": {
                "title": product["title"],
                "descriptionHtml": "<p>Glazed &amp; <b>fired</b></p>",
                "productType": "mug",
                "tags": ["ceramic"],
                "updatedAt": "2026-11-20T10:00:00Z",
                "category": {"fullName": "Home & Garden > Kitchen"},
                "variants": {"nodes": [{"sku": "M-1"}]},
                "media": {"nodes": [self._node(gid) for gid in self._media(number)]},
            }
        }

    def _node(self, gid: str) -> dict[str, Any]:
        file = self.files[gid]
        image = {"url": f"{self.url}/s/files/1/{file['name']}?v={self.number()}"}
        unready = file["looks"] and file["looks"] <= self.looks_until_ready
        return {"id": gid, "alt": file["alt"], "image": None if unready else image}

    def _page(self, after: str | None) -> dict[str, Any]:
        start = int(after or 0)
        listed = list(self.products)[start : start + 250]
        return {
            "nodes": [{"legacyResourceId": number} for number in listed],
            "pageInfo": {
                "hasNextPage": start + 250 < len(self.products),
                "endCursor": str(start + 250),
            },
        }

    def stagedUploadsCreate(self, given: dict[str, Any]) -> dict[str, Any]:
        path = f"/staged/{self.number()}"
        target = {
            "url": self.url + path,
            "resourceUrl": f"{self.url}{path}/{given['input'][0]['filename']}",
            "parameters": [{"name": "policy", "value": "signed"}],
        }
        return {"stagedTargets": [target], "userErrors": []}

    def fileCreate(self, given: dict[str, Any]) -> dict[str, Any]:
        (new,) = given["files"]
        assert self.staged
        if any(file["name"] == new["filename"] for file in self.files.values()):
            assert new["duplicateResolutionMode"] == "RAISE_ERROR"
            error = {"code": "FILENAME_ALREADY_EXISTS", "message": "Filename already exists."}
            return {"files": [], "userErrors": [error]}
        gid = self._file(new["filename"], alt=new["alt"])
        return {"files": [{"id": gid, "fileStatus": "UPLOADED"}], "userErrors": []}

    def fileUpdate(self, given: dict[str, Any]) -> dict[str, Any]:
        (change,) = given["files"]
        number = change["referencesToAdd"][0].rpartition("/")[2]
        if number not in self.products:
            error = {"code": "REFERENCE_TARGET_DOES_NOT_EXIST", "message": "No such product."}
            return {"files": [], "userErrors": [error]}
        media = self.products[number]["media"]
        if change["id"] not in media:
            media.append(change["id"])
        return {"files": [{"id": change["id"]}], "userErrors": []}

    def fileDelete(self, given: dict[str, Any]) -> dict[str, Any]:
        missing = [gid for gid in given["ids"] if self.files.pop(gid, None) is None]
        error = {"code": "FILE_DOES_NOT_EXIST", "message": "File id does not exist."}
        return {"deletedFileIds": given["ids"], "userErrors": [error] if missing else []}

    def productReorderMedia(self, given: dict[str, Any]) -> dict[str, Any]:
        media = self.products[given["id"].rpartition("/")[2]]["media"]
        for move in given["moves"]:
            media.remove(move["id"])
            media.insert(int(move["newPosition"]), move["id"])
        return {"mediaUserErrors": []}
