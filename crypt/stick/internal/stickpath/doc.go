// Package stickpath is about the paths of files on a stick: which a stick can
// hold, the one form of each, and the names of the tar entries that delete.
// FORMAT.md, "Names".
//
// But for those of [Clean] and [CleanName], paths given are clean already.
package stickpath
