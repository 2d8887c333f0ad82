"""The inside of a workbook file: the archive with distrust, parts by relation, one form of XML.

usual(data)     the workbook as the usual programs would have written it
directory(data) the parts of a zip file, checked before anything is inflated
"""

from toolkit.ooxml.archive import Refused, directory
from toolkit.ooxml.usual import usual

__all__ = ["Refused", "directory", "usual"]
