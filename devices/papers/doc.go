// Package papers makes the school's papers as PDF: the evidence about a lost
// device, the slip that goes with a device at issue, QR labels, the report for
// an auditor, the certificate of destruction and the receipt of a return.
//
// It is given facts in plain structs and knows no register, no stick and no
// secret key; package stowage/devices/papers/fill gathers the facts.
//
// # What is promised
//
//   - The same facts give the same bytes: the date of a paper is the one that it
//     is given, and nothing in it is random.
//   - A4, in the school's type, which is embedded. Letters that it lacks come from
//     other types in the program (package stowage/devices/papers/scripts): names in
//     most scripts that are written today, joined and from the right where they are.
//     A character that no type has is shown by its number in Unicode, and the paper
//     says so at its end; a label is refused.
//   - A label is printed whole: it is never cut, and two that differ never look the same.
//   - Text of any length and any characters is wrapped and goes on over the next
//     page; nothing runs over anything else, and pages are numbered "1 of 3".
//   - Text stands in the file in the order in which it is read, but from the left
//     within a line that is read from the right, as readers of PDF expect; with the
//     document's language, title and bookmarks set; plain words come first and the
//     technical annex last.
//   - A paper that cannot be made writes nothing.
//
// # What is not promised
//
//   - The files are not tagged (PDF/UA): the library cannot do that.
//   - Lines from the right begin at the left edge of their column, and Urdu is in
//     Naskh; Chinese characters have one form for China, Japan and Korea.
//   - The slip with a temporary passphrase is a secret like the passphrase. The
//     caller writes it only where the person says and keeps no copy; the library
//     takes text as strings, which cannot be wiped.
package papers
