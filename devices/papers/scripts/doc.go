// Package scripts shapes text in the scripts that the papers' own type lacks:
// Arabic, Hebrew, Chinese, Japanese, Korean, Greek, Cyrillic, the scripts of India
// and others. A shaped text is outlines with their places, as joined letters,
// marks and conjuncts need them.
//
// The types are in the program (Noto Sans under the SIL Open Font License, Droid
// Sans Fallback under the Apache licence, OFL.txt and LICENSE-Droid.txt), each
// compressed and read when a letter of its script is first met. They are not those
// of the system: the same paper has the same letters on every computer.
//
// It promises nothing about order: which way a run reads is the caller's to know
// (golang.org/x/text/unicode/bidi).
package scripts
