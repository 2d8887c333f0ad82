"""进度看板.html: the whole round on one page that opens from disk without a network, on a computer or a phone.

`data` says what stands on it, all of it plain data; `page` puts data, words, style and script into one file. The script
only shows: whatever is counted is counted where the workbooks have it from.
"""
