CREATE VIRTUAL TABLE search_matter USING fts5(
  words, content='', contentless_delete=1, detail=none, tokenize='ascii'
);
CREATE VIRTUAL TABLE search_post USING fts5(
  words, content='', contentless_delete=1, detail=none, tokenize='ascii'
);
