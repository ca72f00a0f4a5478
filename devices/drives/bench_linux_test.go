package drives

import "testing"

// What a watch costs each time it looks, on this computer.
func BenchmarkFingerprint(b *testing.B) {
	for b.Loop() {
		if _, err := fingerprint(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList(b *testing.B) {
	for b.Loop() {
		if _, err := list(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
