"""The provenance mark: IPTC's DigitalSourceType in a file's XMP packet.

https://www.iptc.org/std/photometadata/specification/IPTC-PhotoMetadata#digital-source-type
"""

from __future__ import annotations

import io
import re

from PIL import Image

import prodimages
from prodimages.imaging.inspect import FORMATS

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <dc:format>{mime}</dc:format>
   <xmp:CreatorTool>prodimages {version}</xmp:CreatorTool>
   <photoshop:ICCProfile>sRGB</photoshop:ICCProfile>
   <Iptc4xmpExt:DigitalSourceType>{uri}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

# As an element or as an attribute, whatever prefix the writer chose.
_MARK = re.compile(
    rb"DigitalSourceType\b[^<>]*?[>\"'=\s]https?://cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]+)"
)


def packet(source_type: str, mime: str) -> bytes:
    """The XMP packet of a picture of ours; it names no prompt, person or place."""
    text = _PACKET.format(mime=mime, version=prodimages.__version__, uri=VOCABULARY + source_type)
    return text.encode()


def read_source_type(content: bytes) -> str | None:
    """The IPTC term that a file is marked with, or None; None for what is no picture."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            info = image.info
    except Exception:  # decoders raise nearly anything on hostile bytes
        return None
    found = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    data = found.encode() if isinstance(found, str) else found
    match = _MARK.search(data)
    return match[1].decode() if match else None
