"""Drives LibreOffice, which listens on a pipe, through UNO:

    office.py new|edit|quit [URL TEXT]

new makes a document of one paragraph or cell and saves it at URL, as .odt or .ods; edit opens it,
puts TEXT in its place and saves it.
"""
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException


def desktop():
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(240):
        try:
            office = resolver.resolve("uno:pipe,name=stowage;urp;StarOffice.ComponentContext")
            return office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
        except NoConnectException:
            time.sleep(0.25)
    sys.exit("LibreOffice does not answer")


def setting(name, value):
    s = PropertyValue()
    s.Name, s.Value = name, value
    return s


def put(document, text):
    if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        document.Sheets.getByIndex(0).getCellByPosition(0, 0).setString(text)
    else:
        document.Text.setString(text)


def main(what, url="", text=""):
    if what == "quit":
        try:
            desktop().terminate()
        except DisposedException:
            pass  # it was quicker
        return
    kind = "calc" if url.endswith(".ods") else "writer"
    opened = "private:factory/s" + kind if what == "new" else url
    document = desktop().loadComponentFromURL(opened, "_blank", 0, (setting("Hidden", True),))
    if document is None or what == "edit" and document.isReadonly():
        sys.exit(url + " does not open for writing")
    try:
        put(document, text)
        if what == "new":
            document.storeAsURL(url, (setting("FilterName", kind + "8"),))
        else:
            document.store()
    finally:
        document.close(True)


main(*sys.argv[1:])
