import { get, post, put } from "../api";

const SHOP = "/api/desk/clients/{tenant}";

export const shops = () => get("/api/desk/clients");
export const shop = (tenant: string) => get(SHOP, { path: { tenant } });
export const suspend = (tenant: string) => post(`${SHOP}/suspend`, { path: { tenant } });
export const resume = (tenant: string) => post(`${SHOP}/resume`, { path: { tenant } });
export const remove = (tenant: string, confirm: string) => post(`${SHOP}/delete`, { path: { tenant }, body: { confirm } });
export const embed = async (tenant: string, origins: string[]) => (await put(`${SHOP}/embedding`, { path: { tenant }, body: { origins } })).origins;
export const exportPath = (tenant: string) => `/api/desk/clients/${tenant}/export`;
