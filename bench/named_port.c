/* A port driver for libgphoto2 that offers one PTP/IP port by its address, so that programs which only look for
 * cameras by themselves find an emulated body. Everything else is done by libgphoto2's own driver of PTP/IP ports.
 *
 * RIGCOACH_PTPIP_DRIVER: the path of that driver, ptpip.so. RIGCOACH_PTPIP_PORT: such as ptpip:127.0.0.1:15740:15740.
 * Compile with: cc -shared -fPIC -o FOLDER/named_port.so named_port.c, and set IOLIBS to FOLDER.
 */
#include <dlfcn.h>
#include <stdlib.h>

static void *in_driver(const char *name)
{
	static void *driver;

	if (!driver)
		driver = dlopen(getenv("RIGCOACH_PTPIP_DRIVER"), RTLD_NOW);
	return driver ? dlsym(driver, name) : NULL;
}

int gp_port_library_type(void)
{
	return ((int (*)(void))in_driver("gp_port_library_type"))();
}

void *gp_port_library_operations(void)
{
	return ((void *(*)(void))in_driver("gp_port_library_operations"))();
}

int gp_port_library_list(void *list)
{
	void *info;

	((int (*)(void **))in_driver("gp_port_info_new"))(&info);
	((int (*)(void *, int))in_driver("gp_port_info_set_type"))(info, gp_port_library_type());
	((int (*)(void *, const char *))in_driver("gp_port_info_set_name"))(info, "an emulated body");
	((int (*)(void *, const char *))in_driver("gp_port_info_set_path"))(info, getenv("RIGCOACH_PTPIP_PORT"));
	return ((int (*)(void *, void *))in_driver("gp_port_info_list_append"))(list, info);
}
