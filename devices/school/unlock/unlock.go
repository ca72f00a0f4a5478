// Package unlock unlocks a school's authority, and does what has waited for it.
package unlock

import (
	"context"
	"errors"

	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/devices/school/loss"
)

// School is what is needed of a school: its authority, and what waits for it. A *school.School is one.
type School interface {
	integrity.School
	loss.School
	UnlockAuthority(ctx context.Context, passphrase []byte) error
}

// Authority unlocks the authority, and does what has waited for it: it publishes the directory if the register has
// moved on without it, keeps what was on devices that were lost meanwhile, and signs a checkpoint of the events that
// are new. It fails as [school.School.UnlockAuthority] does; a [*school.PublishError] leaves the authority unlocked.
func Authority(ctx context.Context, s School, passphrase []byte) error {
	err := s.UnlockAuthority(ctx, passphrase)
	if _, published := errors.AsType[*school.PublishError](err); err != nil && !published {
		return err
	}
	loss.ListOpen(ctx, s)
	// A checkpoint that cannot be signed now keeps nobody out: whatever needs one
	// signs it then, and says what is wrong.
	_, _ = integrity.Checkpoint(ctx, s)
	return err
}
