// Package office reads the text of office documents: .docx, .xlsx and .pptx (ECMA-376) and
// .odt and .ods (OASIS OpenDocument), without whatever else is in them.
//
// # Promised
//
//   - A document is read where it lies, in memory alone. Nothing in it is run, followed or
//     fetched: no macro, formula, link or picture.
//   - Whatever is read is bounded ([MostText], [MostRows], [MostColumns], and of what is
//     unpacked 32 MiB), so that no document, however it is made, takes much time or memory.
//     What is beyond is left out, and Cut says so.
//   - Entities and document types, which no office program writes, are refused.
//   - Paragraphs, rows and cells, sheets and slides are in the document's own order. Dates in
//     sheets are dates (ISO 8601), as text.
//
// # Not promised
//
// It is text, not the page: type, pictures, charts, headers, comments and notes of speakers
// are left out, and lists have dots in place of numbers. Formulas show what they came to when the document
// was last saved. Documents under a password are not opened.
//
// Functions are safe for concurrent use as far as the reader that they are given is.
package office
