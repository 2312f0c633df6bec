/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pvpanic in memory, in a table of its own, as pvpanic_isa.asl: a guest may be
 * given both.  panicvm writes the address over 0xfeb00000.
 */
DefinitionBlock ("", "SSDT", 2, "KVMPNC", "PVPANMMI", 1)
{
	Device (\_SB.PEVM)
	{
		Name (_HID, "QEMU0001")
		Name (_UID, 2)
		Name (_STA, 0xF)
		Name (_CRS, ResourceTemplate ()
		{
			QWordMemory (ResourceConsumer, PosDecode, MinFixed,
				     MaxFixed, NonCacheable, ReadWrite, 0,
				     0xFEB00000, 0xFEB00000, 0, 1)
		})
	}
}
