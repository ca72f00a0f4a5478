//go:build !unix

package longtest

import "time"

// ProcessorTime is not measured here: as much as no time.
func ProcessorTime() time.Duration { return 0 }
