//go:build !windows

package drive

import "os/exec"

func hideWindow(*exec.Cmd) {}
