"""Letters as .docx: 情况通报, 催报函, 整改通知, 公示稿, 领导签批单, with the figures of the workbooks.

facts.py     what the letters may say, as text, from the one module of figures
wording.py   what they say: `wording.yaml`, and what the round's own `文书用语.yaml` says otherwise
measure.py   how many pages that takes, and what is left out where it is too much
paper.py     the page after GB/T 9704; the only module that loads python-docx
files.py     the files in 文书 of the round
"""
