// Package layer is about the layers of a stick: what one holds and how it is
// read and written ([Read], [Writer]), tables of contents, which layers of a
// drive count and in what order ([Loader], [Follow]), and the tree of files that
// they add up to ([Tree]). FORMAT.md specifies all of it.
//
// It promises that a layer which [Writer.Commit] returned is durable and whole,
// that what is read is authentic, and that whatever a stick holds, reading it
// costs no more than its [Budget] allows. It does not decide what is stored,
// rewritten or removed: that is package stick.
//
// A [Layer] and its records are never changed once they are complete, and may be
// read without a lock; [Readers] is safe for concurrent use, all else is not.
package layer
