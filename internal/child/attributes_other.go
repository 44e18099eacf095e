//go:build !linux

package child

import "syscall"

// attributes: only Linux can tie a child's life to its parent's. Elsewhere a parent that is killed leaves its child behind.
func attributes() *syscall.SysProcAttr { return nil }
