/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pvpanic at an I/O port, in a table of its own: a guest that was not given it
 * does not get to see it.  panicvm writes the port over 0x0505.
 */
DefinitionBlock ("", "SSDT", 2, "KVMPNC", "PVPANISA", 1)
{
	Device (\_SB.PEVT)
	{
		Name (_HID, "QEMU0001")
		Name (_UID, 1)
		Name (_STA, 0xF)
		Name (_CRS, ResourceTemplate ()
		{
			IO (Decode16, 0x0505, 0x0505, 1, 1)
		})
	}
}
