"""综合汇总.xlsx, the director's edition: five printed pages, six for more than 22 units, and what is hidden."""
