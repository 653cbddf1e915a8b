"""Read collections of an OGC API in QGIS; run by the system's Python, which has PyQGIS.

Arguments: the address of the API, ids of collections. Writes JSON, one object by id. Without a
screen QGIS needs QT_QPA_PLATFORM=offscreen: else Qt ends the process before the first request.
"""

import json
import sys

from qgis.core import QgsApplication, QgsVectorLayer  # type: ignore[import-not-found]


def read(base, id_):
    """Tell what a collection holds for QGIS."""
    options = "pagingEnabled='true' pageSize='10' restrictToRequestBBOX='1'"
    layer = QgsVectorLayer(f"url='{base}' typename='{id_}' {options}", id_, "OAPIF")
    names = sorted(str(feature["id"]) for feature in layer.getFeatures())
    return {"valid": layer.isValid(), "crs": layer.crs().authid(), "ids": names}


application = QgsApplication([], False)
application.initQgis()
print(json.dumps({id_: read(sys.argv[1], id_) for id_ in sys.argv[2:]}))
application.exitQgis()
